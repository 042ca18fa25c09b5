// Which language a browser wants: its own choice, then what it says of itself.

export type Locale = 'ko' | 'en';

/** The language of the page read last. */
export const LOCALE_COOKIE = 'underhood-locale';

export function localeOf(cookie: string | undefined, acceptLanguage: string | undefined): Locale {
  if (cookie === 'ko' || cookie === 'en') return cookie;
  const wanted = (acceptLanguage ?? '')
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters
        .map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1])
        .find((value) => value !== undefined);
      return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .find(({ language }) => language === 'ko' || language === 'en');
  return wanted?.language === 'ko' ? 'ko' : 'en';
}

/** The language of an address below /ko/ or /en/. */
export function localeOfPath(path: string): Locale | undefined {
  const [, locale] = /^\/(ko|en)(?:[/?]|$)/.exec(path) ?? [];
  return locale === 'ko' || locale === 'en' ? locale : undefined;
}
