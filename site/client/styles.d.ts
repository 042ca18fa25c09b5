// Style sheets that the bundler keeps as files of their own.
declare module '*.css?url' {
  const href: string;
  export default href;
}
