// Puts into a lesson's HTML what belongs around it: a head and a foot for each task, buttons beside commands, and so on.
// The text itself comes from labs/markdown; what is added here is the same for every lesson.
import type { Locale } from '../api/labs.ts';
import type { LessonPage, Range } from '../bundle/course.ts';
import type { Text } from './text/text.ts';
import { stillPicture } from './xray/still.ts';

type Kind = keyof Text['kind'];

const TASK = /<section class="task"([^>]*?)data-kind="(do|find|predict|choose)"([^>]*)>([\s\S]*?)<\/section>/g;
const AFTER = /<div class="after" data-after="([^"]*)">/g;
const ASIDE = /<aside class="side-box"><p class="side-box-title">/g;
const XRAY = /<div class="xray" data-view="([\w-]+)"(?: data-lit="([\w.,-]*)")?><div class="xray-caption">/g;
const QUIZ = /<form class="quiz">([\s\S]*?)<\/form>/g;
const COMMAND = /<pre class="command" data-runnable="(true|false)"[\s\S]*?<\/pre>/g;

export function lessonHtml(
  { html, tasks }: { html: string; tasks: LessonPage['tasks'] },
  text: Text,
  locale: Locale,
): string {
  let boxes = 0;
  return html
    .replaceAll(ASIDE, () => {
      boxes += 1;
      return `<aside class="side-box" aria-labelledby="side-box-${boxes}"><p class="side-box-title" id="side-box-${boxes}">`;
    })
    .replaceAll(XRAY, (opening, view: string, lit: string | undefined) =>
      opening.replace(
        '<div class="xray-caption">',
        `<div class="xray-still">${stillPicture(view, locale, lit?.split(',') ?? [])}</div>` +
          `<button type="button" class="quiet xray-open needs-script">${text.lab.xrayOpen}</button><div class="xray-caption">`,
      ),
    )
    .replaceAll(TASK, (_, before: string, kind: Kind, after: string, inner: string) => {
      const points = /data-points="(\d+)"/.exec(after + before)?.[1];
      const opening = `<section class="task"${before}data-kind="${kind}"${after} data-status="unknown">`;
      const range = tasks.find(({ id }) => before.includes(`data-task="${id}"`))?.range;
      const body = range === undefined ? inner : inner.replace('</form>', `${slider(range, text)}</form>`);
      return `${opening}${head(kind, points, text)}${body}${foot(text)}</section>`;
    })
    .replaceAll(
      AFTER,
      (div, task: string) => `<p class="after-note needs-script" data-note-for="${task}">${text.lab.after}</p>${div}`,
    )
    .replaceAll(QUIZ, (_, inner: string) => quiz(inner, text))
    .replaceAll(
      COMMAND,
      (pre, runnable: string) => `<uh-command>${pre}${commandBar(runnable === 'true', text)}</uh-command>`,
    );
}

function head(kind: Kind, points: string | undefined, text: Text): string {
  const worth =
    points === undefined ? '' : `<span class="task-points">${text.lab.points.replace('{n}', points)}</span>`;
  return (
    `<p class="task-head"><span class="task-kind" title="${text.kindTip[kind]}">${text.kind[kind]}</span>${worth}` +
    `<span class="task-state" aria-live="polite"></span>` +
    `<button type="button" class="task-fold" aria-expanded="true" hidden></button></p>`
  );
}

/** Moves the number above it; about two hundred places, at round values. */
function slider({ min, max }: Range, text: Text): string {
  const raw = (max - min) / 200;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw * 0.999) ?? raw;
  return (
    `<span class="slider needs-script"><span aria-hidden="true">${min}</span><input type="range" min="${min}" max="${max}" ` +
    `step="${Number(step.toPrecision(3))}" aria-label="${text.lab.slider}"><span aria-hidden="true">${max}</span></span>`
  );
}

function commandBar(runnable: boolean, text: Text): string {
  const { command } = text.client;
  const button = (act: string, word: string): string =>
    `<button type="button" class="command-button" data-act="${act}">${word}</button>`;
  return `<span class="command-bar needs-script">${runnable ? button('type', command.type) : ''}${button('copy', command.copy)}</span>`;
}

/** What is chosen is looked at on request only: an arrow key in a group of choices must not give the answer away. */
function quiz(inner: string, text: Text): string {
  const { check, right, wrong, missing, none } = text.quiz;
  const said = `data-right="${right}" data-wrong="${wrong}" data-missing="${missing}" data-none="${none}"`;
  return (
    `<uh-quiz ${said}><form class="quiz"><p class="quiz-head">${text.quiz.title}</p>${inner}` +
    `<p class="quiz-bar needs-script"><button class="button">${check}</button><span class="quiz-said" role="status"></span></p></form></uh-quiz>`
  );
}

/** Buttons are there from the first paint, in their places, and wake up with the machine. */
function foot(text: Text): string {
  const { task } = text.client;
  return (
    `<uh-task><div class="task-measured"></div><p class="task-waits" hidden></p>` +
    `<div class="task-bar"><button type="button" class="button task-go" disabled>${task.check}</button>` +
    `<button type="button" class="quiet task-hint" hidden>${task.hint}</button>` +
    `<button type="button" class="quiet task-solution" hidden>${task.solution}</button>` +
    `<span class="task-note"></span></div>` +
    `<div class="task-messages" aria-live="polite"></div><ol class="task-hints"></ol><div class="task-answer"></div></uh-task>`
  );
}
