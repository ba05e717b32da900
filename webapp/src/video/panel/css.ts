// The panel's looks: Mattermost's variables, so that every theme applies.

const text = 'var(--center-channel-color)';
const line = 'rgba(var(--center-channel-color-rgb), 0.16)';

export const CSS = `
.switchboard-video { display: flex; flex-direction: column; gap: 12px; height: 100%; box-sizing: border-box; padding: 16px; overflow: auto;
  color: ${text}; background: var(--center-channel-bg); font-size: 14px; line-height: 20px; }
.switchboard-video h2 { margin: 0; font-size: 16px; line-height: 24px; font-weight: 600; }
.switchboard-video h2:focus { outline: none; }
.switchboard-video h3 { margin: 0; font-size: 14px; font-weight: 600; }
.switchboard-video p { margin: 0; }
.switchboard-video__stage { position: relative; flex: none; width: 100%; aspect-ratio: 16 / 9; border-radius: 4px; overflow: hidden; background: #1b1d22; color: #fff; }
.switchboard-video__stage video { width: 100%; height: 100%; object-fit: contain; display: block; }
.switchboard-video__stage video.switchboard-video__mine { object-fit: cover; transform: scaleX(-1); }
.switchboard-video__stage .switchboard-video__self { position: absolute; right: 8px; bottom: 8px; width: 28%; height: auto; aspect-ratio: 16 / 9;
  border-radius: 4px; object-fit: cover; transform: scaleX(-1); background: #1b1d22; border: 1px solid rgba(255, 255, 255, 0.4); }
.switchboard-video__empty { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; padding: 16px; text-align: center; background: #1b1d22; }
.switchboard-video__row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.switchboard-video button { padding: 8px 12px; border: 1px solid ${line}; border-radius: 4px; background: transparent; color: inherit; font-weight: 600; cursor: pointer; }
.switchboard-video button:hover { background: rgba(var(--center-channel-color-rgb), 0.08); }
.switchboard-video button:disabled { opacity: 0.6; cursor: default; }
.switchboard-video button:focus-visible, .switchboard-video select:focus-visible, .switchboard-video input:focus-visible, .switchboard-video summary:focus-visible {
  outline: 2px solid var(--button-bg); outline-offset: 2px; }
.switchboard-video button.switchboard-video__off { background: rgba(var(--center-channel-color-rgb), 0.12); border-color: currentColor; }
/* Not filled: some of Mattermost's own themes have too little contrast in their buttons. */
.switchboard-video button.switchboard-video__main { border: 2px solid var(--button-bg); }
.switchboard-video button.switchboard-video__end { border-color: var(--error-text); color: inherit; border-width: 2px; }
.switchboard-video__form { display: flex; flex-direction: column; gap: 12px; }
.switchboard-video__small button { padding: 2px 8px; }
.switchboard-video label { display: flex; flex-direction: column; gap: 4px; font-weight: 600; }
.switchboard-video select, .switchboard-video input { width: 100%; box-sizing: border-box; padding: 8px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.6); border-radius: 4px;
  background: var(--center-channel-bg); color: inherit; font: inherit; font-weight: 400; }
.switchboard-video summary { cursor: pointer; font-weight: 600; }
.switchboard-video details > * + * { margin-top: 8px; }
.switchboard-video__notice { padding: 8px 12px; border-left: 4px solid var(--button-bg); background: rgba(var(--center-channel-color-rgb), 0.06); }
.switchboard-video__notice:empty { display: none; }
.switchboard-video__problem { padding: 8px 12px; border-left: 4px solid var(--error-text); background: rgba(var(--center-channel-color-rgb), 0.06); }
.switchboard-video__people { display: flex; flex-direction: column; gap: 8px; }
.switchboard-video__hint { font-size: 12px; line-height: 16px; }
/* Above what is below it, at the lower edge: what comes and goes there moves nothing. */
.switchboard-video__said { position: sticky; bottom: -16px; z-index: 1; margin: auto 0 -16px; padding-bottom: 16px; display: flex; flex-direction: column; gap: 4px; background: var(--center-channel-bg); }
.switchboard-video ul { list-style: none; margin: 0; padding: 0; }
.switchboard-video li { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; padding: 6px 0; border-top: 1px solid ${line}; }
.switchboard-video li:first-child { border-top: 0; }
.switchboard-video__name { flex: 1 1 120px; overflow-wrap: anywhere; }
.switchboard-video__mark { font-size: 12px; padding: 0 6px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.4); border-radius: 10px; }
.switchboard-video code { overflow-wrap: anywhere; color: inherit; background: transparent; padding: 0; }
.switchboard-video__sources { display: grid; grid-template-columns: repeat(2, 1fr); gap: 8px; }
.switchboard-video__sources img { width: 100%; display: block; margin-bottom: 4px; }
.switchboard-video:fullscreen .switchboard-video__self { max-width: 240px; }
.switchboard-video:fullscreen .switchboard-video__stage { flex: 1 1 auto; aspect-ratio: auto; min-height: 50vh; }
/* Over the list of channels, where it hides neither the field for messages nor what is said in the other corner. */
.switchboard-video-bar { position: fixed; left: 16px; bottom: 16px; z-index: 1000; max-width: 208px; box-sizing: border-box; flex-wrap: wrap; display: flex; gap: 8px; align-items: center; padding: 8px 12px; border-radius: 4px;
  color: ${text}; background: var(--center-channel-bg); border: 1px solid ${line}; box-shadow: 0 4px 12px rgba(0, 0, 0, 0.24); }
@media (max-width: 768px) { .switchboard-video-bar { bottom: max(120px, 28px + var(--switchboard-phone-height, 0px)); } }
`;
