// Sentences of verdicts: fills `{param}` and `{{variable}}`, with Korean particles, in both languages at once.
import { particleFor, readParticle } from '../markdown/particles.ts';
import type { LocalText } from '../schema/text.ts';
import type { Variables } from '../variables.ts';

const PLACEHOLDER = /\{\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}\}|\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}/g;

/**
 * Plain text, never HTML: whoever shows it sets text, and may show what stands between backticks as code.
 * Only names the sentence itself declares are filled; what else a check sent is dropped. Nothing is filled twice.
 */
export function fillMessage(
  message: LocalText,
  params: Readonly<Record<string, string>>,
  variables: Variables,
): LocalText {
  const fill = (sentence: string) =>
    sentence.replaceAll(
      PLACEHOLDER,
      (_, variable?: string, variableTail?: string, param?: string, paramTail?: string) => {
        const name = variable ?? param ?? '';
        const source: Readonly<Record<string, string | number>> = variable === undefined ? params : variables;
        const value = Object.hasOwn(source, name) ? (source[name] ?? '?') : '?';
        const particle = readParticle(variableTail ?? paramTail);
        return `${particle?.alone ? '' : value}${particle ? particleFor(value, particle.pair) : ''}`;
      },
    );
  return { ko: fill(message.ko), en: fill(message.en) };
}

/** Sentences every lab needs and none should write again. */
export const BUILT_IN = {
  'check-broken': {
    ko: '채점 스크립트가 판정하지 못하고 끝났습니다. 여러분의 잘못이 아닙니다. 잠시 뒤 다시 확인해 주세요.',
    en: 'The check ended without a verdict. That is not your mistake. Try again in a moment.',
  },
  'check-late': {
    ko: '채점이 {seconds}초 안에 끝나지 않았습니다. 머신이 몹시 바쁜 듯합니다. 부하를 줄인 뒤 다시 확인해 주세요.',
    en: 'The check did not finish within {seconds} s. The machine seems very busy; take some load off and check again.',
  },
  'answer-first': { ko: '답을 적으면 확인합니다.', en: 'Write an answer and it will be checked.' },
  'predict-first': {
    ko: '먼저 예상을 적어 주세요. 예상을 확정해야 측정이 의미를 가집니다.',
    en: 'Commit a prediction first. Only then does the measurement mean something.',
  },
  'not-a-number': {
    ko: '`{answer}`에서 숫자를 읽지 못했습니다. 숫자 하나를 적어 주세요.',
    en: 'No number could be read from `{answer}`. One number is wanted.',
  },
  'unknown-unit': {
    ko: '`{answer}`의 단위를 알지 못합니다. 쓸 수 있는 단위: {units}.',
    en: 'The unit in `{answer}` is not known here. Units that work: {units}.',
  },
  'out-of-range': {
    ko: '`{answer}`{answer|~은/는} 여기서 나올 수 없는 값입니다. 무엇을 세고 있는지 다시 살펴보세요.',
    en: '`{answer}` cannot occur here. Look again at what is being counted.',
  },
  'not-an-option': { ko: '보기에 없는 답입니다.', en: 'That is not one of the choices.' },
  'answer-wrong': {
    ko: '`{answer}`{answer|~은/는} 지금 이 머신에서 확인한 값과 다릅니다.',
    en: '`{answer}` is not what this machine says right now.',
  },
  'spread-too-wide': {
    ko: '범위가 너무 넓습니다. 값을 하나로 좁혀 주세요.',
    en: 'That range is too wide. Narrow it down to one value.',
  },
  'predicted-close': {
    ko: '예상 {predicted}, 측정 {measured}. 허용 오차 안입니다.',
    en: 'Predicted {predicted}, measured {measured}: within what is fair.',
  },
  'predicted-far': {
    ko: '예상 {predicted}, 측정 {measured}. 차이가 납니다. 왜 그런지는 다음에 나옵니다.',
    en: 'Predicted {predicted}, measured {measured}. There is a gap, and the text that follows says why.',
  },
  'choose-missing': {
    ko: '고른 것은 모두 맞지만 아직 빠진 것이 있습니다.',
    en: 'What you chose is right, but something is still missing.',
  },
} as const satisfies Readonly<Record<string, LocalText>>;

export type BuiltIn = keyof typeof BUILT_IN;

export function builtIn(id: BuiltIn, params: Readonly<Record<string, string>> = {}): LocalText {
  return fillMessage(BUILT_IN[id], params, {});
}
