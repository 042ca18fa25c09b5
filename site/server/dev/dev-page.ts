// What a page needs while its lab is being written: reloads when told to, and a panel with the author's mistakes.
// It is part of `npm run dev` only, and is added to pages as they are sent.

export const DEV_SCRIPT_PATH = '/dev/page.js';
export const DEV_EVENTS_PATH = '/dev/events';
export const DEV_TAG = `<script src="${DEV_SCRIPT_PATH}" defer></script>`;

/** Runs in a browser, as it stands. The page keeps its place and its terminal over a reload. */
export const DEV_SCRIPT = `
const korean = document.documentElement.lang === 'ko';
const panel = document.createElement('section');
panel.setAttribute('role', 'alert');
panel.hidden = true;
Object.assign(panel.style, {
  position: 'fixed', inset: 'auto 0 0 0', maxHeight: '50vh', overflow: 'auto', zIndex: 1000, padding: '1rem 1.25rem',
  background: 'Canvas', color: 'CanvasText', borderTop: '4px solid #b3261e', font: '14px/1.6 monospace', whiteSpace: 'pre-wrap',
});
document.body.append(panel);
const place = 'underhood-dev-place';
const lesson = () => document.querySelector('.lesson');
const saved = sessionStorage.getItem(place);
sessionStorage.removeItem(place);
if (saved !== null) requestAnimationFrame(() => lesson()?.scrollTo(0, Number(saved)));
const events = new EventSource('${DEV_EVENTS_PATH}');
let version;
events.addEventListener('state', ({ data }) => {
  const state = JSON.parse(data);
  panel.hidden = state.problems.length === 0;
  panel.textContent = (korean ? '고칠 것이 있습니다. 보이는 것은 마지막으로 맞았던 내용입니다.\\n\\n' : 'There is something to mend. What you see is the last version that was right.\\n\\n') + state.problems.join('\\n');
  if (version !== undefined && state.version !== version) {
    sessionStorage.setItem(place, String(lesson()?.scrollTop ?? 0));
    location.reload();
  }
  version = state.version;
});
`;
