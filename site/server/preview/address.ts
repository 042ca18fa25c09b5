// Under which names what a guest serves is shown: never the course's own, since cookies ignore ports but not names. Pure.

export type PreviewAddress = {
  /** the full address of a label: `http://<label>.localhost:8080/` */
  readonly url: (label: string) => string;
  /** the label in a Host header; '' where it is one of our names without a usable label; undefined for any other name */
  readonly label: (host: string | undefined) => string | undefined;
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const LABEL = /^[a-z2-7]{26}$/;
const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * `origin` is the course's. Every browser takes `*.localhost` for this computer itself, so a course that is read on the
 * computer it runs on needs nothing more; any other needs a domain whose every name leads here. undefined = no preview.
 */
export function previewAddress(origin: string, domain: string | undefined): PreviewAddress | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const given = domain ?? (LOOPBACK.has(hostname) ? 'localhost' : undefined);
  if (given === undefined) return undefined;
  // A domain may name a port of its own; else it is the course's.
  const own = new URL(`${protocol}//${given}`);
  const at = own.port === '' && port !== '' && !given.includes(':') ? `${own.hostname}:${port}` : own.host;
  const suffix = `.${at}`;
  return {
    url: (label) => `${protocol}//${label}${suffix}/`,
    label: (host) => {
      const name = withoutImpliedPort(host?.toLowerCase() ?? '', protocol);
      if (!name.endsWith(suffix)) return undefined;
      const label = name.slice(0, -suffix.length);
      return LABEL.test(label) ? label : '';
    },
  };
}

function withoutImpliedPort(host: string, protocol: string): string {
  const implied = `:${DEFAULT_PORT[protocol] ?? ''}`;
  return host.endsWith(implied) ? host.slice(0, -implied.length) : host;
}
