// A window of its own for what somebody presents.

import type { Session } from './session';

/** Opens it, or brings it to the front. It closes when nobody presents any more. Where that fails, no empty window stays. */
export function popOut(session: Session, title: string): void {
  const stream = session.presentation;
  if (!stream) return;
  const opened = window.open('', 'switchboard-presentation', 'popup,width=1024,height=600');
  try {
    if (!opened) throw new Error('blocked');
    fill(opened, session, stream, title);
  } catch {
    opened?.close();
    session.notice('pop_out_failed');
  }
}

function fill(opened: Window, session: Session, stream: MediaStream, title: string): void {
  const page = opened.document;
  page.title = title;
  page.body.replaceChildren();
  page.body.style.cssText = 'margin:0;background:#000';
  const video = page.createElement('video');
  video.style.cssText = 'width:100vw;height:100vh;object-fit:contain;display:block';
  video.setAttribute('aria-label', title);
  video.autoplay = true;
  video.muted = true;
  video.srcObject = stream;
  page.body.append(video);
  opened.focus();
  const stop = session.subscribe(() => {
    if (opened.closed || session.state.presenter === null) {
      stop();
      opened.close();
    } else if (session.presentation && video.srcObject !== session.presentation) {
      video.srcObject = session.presentation;
    }
  });
}
