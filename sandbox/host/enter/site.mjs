// The built site: site/prepare.ts makes it in the cache as the course's user and says where it is.
import { runAsUser } from './handover.mjs';
import { tail } from './packages.mjs';
import { SetupError, step, text } from './speak.mjs';

/**
 * Builds the site where it is not in the cache, and adds its folder to what later programs are told.
 * site/prepare.ts prints progress as lines in double brackets and, last, the folder.
 */
export async function withSite(context) {
  let progress;
  const built = await runAsUser(context, ['node', 'site/prepare.ts'], {
    onLine(each) {
      const match = /^\[\[(.*)\]\]$/.exec(each);
      if (!match) return;
      // Nothing is said about a site that was found: it takes a moment only.
      progress ??= step(text('site'));
      progress.detail(match[1]);
    },
  });
  const dir = built.output.split('\n').findLast((each) => each.startsWith('/'));
  if (!built.ok || dir === undefined) {
    progress?.failed();
    throw new SetupError('site-failed', {}, tail(built.output, 30));
  }
  progress?.done(text('site-done'));
  return { ...context, env: { ...context.env, UNDERHOOD_SITE: dir } };
}
