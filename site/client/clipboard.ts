// Puts text on the clipboard, also on a page that came over plain HTTP from another host.

export async function copyText(text: string): Promise<boolean> {
  if (isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused by the browser: try the old way
    }
  }
  const box = document.createElement('textarea');
  box.value = text;
  box.setAttribute('aria-hidden', 'true');
  box.style.cssText = 'position:fixed;inset:0 auto auto 0;opacity:0';
  const before = document.activeElement;
  document.body.append(box);
  box.select();
  // The only way without a secure context; marked as deprecated, kept by every browser.
  const done = document.execCommand('copy');
  box.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return done;
}
