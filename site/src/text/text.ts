// The shape of everything the pages say. Both languages satisfy it; a missing key is a compile error.
import type { ClientText } from '../../client/text.ts';
import type { Locale } from '../../api/labs.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

type Words<K extends string> = { readonly [key in K]: string };
type TaskKind = 'do' | 'find' | 'predict' | 'choose';

export type Text = {
  readonly site: Words<
    'name' | 'description' | 'skip' | 'skipMachine' | 'otherLanguage' | 'otherLanguageName' | 'home' | 'help' | 'close'
  >;
  readonly home: Words<
    | 'title'
    | 'sentence'
    | 'lead'
    | 'start'
    | 'startNote'
    | 'mapTitle'
    | 'mapLead'
    | 'coming'
    | 'part'
    | 'minutes'
    | 'figureTitle'
    | 'figureCaption'
    | 'figureX'
    | 'oneMinute'
    | 'fiveMinutes'
    | 'fifteenMinutes'
    | 'running'
    | 'noScript'
    | 'foot'
  >;
  readonly subject: Words<'cpu' | 'isolation' | 'disk' | 'network' | 'process'>;
  /** one line under each part's title on the map, by the part's id */
  readonly partLine: { readonly [part: string]: string };
  readonly quiz: Words<'title' | 'check' | 'right' | 'wrong' | 'missing' | 'none'>;
  readonly lab: Words<
    | 'number'
    | 'minutes'
    | 'oneTask'
    | 'tasks'
    | 'machine'
    | 'terminals'
    | 'newTerminal'
    | 'find'
    | 'reset'
    | 'resetTitle'
    | 'resetText'
    | 'resetGo'
    | 'cancel'
    | 'splitter'
    | 'after'
    | 'backToMap'
    | 'noScriptTitle'
    | 'noScript'
    | 'keys'
    | 'ctrl'
    | 'points'
    | 'splitRow'
    | 'splitColumn'
    | 'splitPanes'
    | 'splitXray'
    | 'xray'
    | 'slider'
    | 'next'
    | 'pasteGo'
    | 'pasteLine'
    | 'xrayTip'
    | 'xrayOpen'
  >;
  readonly keep: Words<'button' | 'title' | 'lead' | 'code' | 'link' | 'warning'>;
  readonly back: Words<'have' | 'title' | 'description' | 'lead' | 'code' | 'replaces' | 'go'>;
  readonly rewind: Words<'button' | 'title' | 'lost' | 'where' | 'go'>;
  readonly ports: Words<'title' | 'lead'>;
  readonly transcript: Words<'button' | 'title' | 'lead' | 'refresh' | 'text' | 'cast' | 'castTip'>;
  readonly find: Words<'title'>;
  readonly reference: Words<'glossary' | 'glossaryLead' | 'commands' | 'commandsLead'>;
  readonly layout: Words<'label' | 'text' | 'both' | 'machine'>;
  readonly settings: Words<'title' | 'fontSize' | 'theme' | 'paste' | 'bell' | 'screenReader'> & {
    readonly themes: Words<'page' | 'contrast' | 'dichromatic'>;
    readonly pastes: Words<'always' | 'unsafe' | 'never'>;
  };
  readonly kind: Words<TaskKind>;
  readonly kindTip: Words<TaskKind>;
  readonly shortcuts: Words<'title' | 'inTerminal' | 'everywhere' | 'note'> & {
    /** keys and what they do */
    readonly terminal: readonly (readonly [string, string])[];
    readonly page: readonly (readonly [string, string])[];
  };
  readonly missing: Words<'title' | 'text' | 'way'>;
  readonly broken: Words<'title' | 'text' | 'way'>;
  readonly client: ClientText;
};

export const texts: { readonly [L in Locale]: Text } = { ko, en };

export const LOCALES: readonly Locale[] = ['ko', 'en'];

export function other(locale: Locale): Locale {
  return locale === 'ko' ? 'en' : 'ko';
}
