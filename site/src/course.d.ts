// The module that the build makes of the lab catalog (bundle/plugins.ts).
declare module 'virtual:course' {
  export const course: import('../bundle/course.ts').Course;
}
