// Types of text.mjs for what runs on Node 24.
export type Language = 'ko' | 'en';
export declare const TEXT: { readonly [L in Language]: { readonly [id: string]: string } };
export declare function languageOf(env: { readonly [name: string]: string | undefined }): Language;
export declare function sentence(
  language: Language,
  id: string,
  values?: { readonly [name: string]: string | number },
): string;
