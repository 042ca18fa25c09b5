// Code colours, made while the site is built: classes of meaning become CSS variables, so that both themes share one page.
import { createCssVariablesTheme, createHighlighterCoreSync } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import bash from 'shiki/langs/bash.mjs';
import c from 'shiki/langs/c.mjs';
import ini from 'shiki/langs/ini.mjs';
import json from 'shiki/langs/json.mjs';
import yaml from 'shiki/langs/yaml.mjs';
import { escapeHtml } from './html.ts';

/** What may stand behind ``` besides `command` and `output`. */
export const LANGUAGES = ['bash', 'c', 'ini', 'json', 'yaml', 'text'] as const;

/** `var(--code-token-keyword)` and so on; the site defines them for light and dark. */
const theme = createCssVariablesTheme({ name: 'underhood', variablePrefix: '--code-', fontStyle: false });

const highlighter = createHighlighterCoreSync({
  engine: createJavaScriptRegexEngine(),
  themes: [theme],
  langs: [bash, c, ini, json, yaml],
});

/** By default colouring gives up on a line after half a second: a page would depend on how busy the host was. */
const NO_LIMIT = 0;

/** HTML of the code's lines, without the `<pre>` around them. */
export function highlight(source: string, language: string): string {
  if (!highlighter.getLoadedLanguages().includes(language)) return escapeHtml(source);
  return highlighter
    .codeToHtml(source, { lang: language, theme: 'underhood', structure: 'inline', tokenizeTimeLimit: NO_LIMIT })
    .replaceAll('<br>', '\n');
}
