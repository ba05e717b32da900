// The look of it: Mattermost's variables only, so that every theme applies.

export const CSS = `
.switchboard-phone { display: flex; flex-direction: column; height: 100%; min-height: 0; color: var(--center-channel-color); font-size: 14px; }
.switchboard-phone-body { flex: 1; min-height: 0; overflow-y: auto; padding: 12px 16px 180px; }
/* Above what rings in the corner, which has a distance of its own to the page's edge. */
.switchboard-phone-said {
  --corner: var(--switchboard-phone-height, 0px);
  flex: none; max-height: 50%; overflow-y: auto; margin-bottom: min(100 * var(--corner), var(--corner) + 28px); padding: 0 16px;
}
.switchboard-phone .switchboard-phone-said .switchboard-phone-lost { margin: 8px 0; }
.switchboard-phone section + section { margin-top: 20px; }
.switchboard-phone h3 { margin: 0 0 8px; font-size: 14px; font-weight: 600; }
.switchboard-phone p { margin: 0 0 8px; }
.switchboard-phone.is-lost .switchboard-phone-time { opacity: 0.6; }
.switchboard-phone-lost { padding: 8px 12px; border-left: 4px solid var(--error-text); background: rgba(var(--error-text-color-rgb, 210, 75, 78), 0.08); }
.switchboard-phone-dim { color: rgba(var(--center-channel-color-rgb), 0.75); font-size: 12px; }
.switchboard-phone-time { font-variant-numeric: tabular-nums; }
.switchboard-phone-list { list-style: none; margin: 0; padding: 0; }
.switchboard-phone-list > li { padding: 8px 0; border-top: 1px solid rgba(var(--center-channel-color-rgb), 0.12); }
.switchboard-phone-list > li:first-child { border-top: 0; }
.switchboard-phone-list > li.is-missed { padding-left: 8px; box-shadow: inset 3px 0 var(--error-text); }
.switchboard-phone-row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; justify-content: space-between; }
.switchboard-phone-who { display: flex; flex-direction: column; min-width: 0; overflow-wrap: anywhere; }
.switchboard-phone-who > bdi:first-child, .switchboard-phone-who > span:first-child > bdi { font-weight: 600; }
/* Whom a colleague talks with is not whose row it is. */
.switchboard-phone-who .switchboard-phone-who > bdi:first-child { font-weight: 400; }
.switchboard-phone-buttons { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 4px; align-items: center; }
.switchboard-phone-dot { display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 50%; border: 2px solid rgba(var(--center-channel-color-rgb), 0.64); }
.switchboard-phone-dot.is-free { background: var(--online-indicator); border-color: var(--online-indicator); }
.switchboard-phone-dot.is-ringing, .switchboard-phone-dot.is-calling, .switchboard-phone-dot.is-held { background: var(--away-indicator); border-color: var(--away-indicator); }
.switchboard-phone-dot.is-talking, .switchboard-phone-dot.is-busy, .switchboard-phone-dot.is-dnd { background: var(--dnd-indicator); border-color: var(--dnd-indicator); }
/* What is not live is neither free nor busy. */
.switchboard-phone.is-lost .switchboard-phone-dot, .switchboard-phone.is-ended .switchboard-phone-dot { background: none; border-color: rgba(var(--center-channel-color-rgb), 0.64); animation: none; }
.switchboard-phone input, .switchboard-phone select { width: 100%; padding: 6px 10px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.5); border-radius: 4px; background: var(--center-channel-bg); color: var(--center-channel-color); font-weight: 400; }
.switchboard-phone input::placeholder { color: rgba(var(--center-channel-color-rgb), 0.75); opacity: 1; }
.switchboard-phone label { display: block; margin: 8px 0 0; font-size: 12px; font-weight: 400; }
.switchboard-phone-number .switchboard-phone-row { flex-wrap: nowrap; justify-content: flex-start; margin-top: 4px; }
.switchboard-phone-combo { position: relative; flex: 1; min-width: 0; }
.switchboard-phone-combo ul { position: absolute; z-index: 2; top: 100%; left: 0; right: 0; margin: 2px 0 0; padding: 4px 0; list-style: none; border: 1px solid rgba(var(--center-channel-color-rgb), 0.24); border-radius: 4px; background: var(--center-channel-bg); }
.switchboard-phone-combo li { padding: 6px 10px; cursor: pointer; }
.switchboard-phone-combo li[aria-selected=true], .switchboard-phone-combo li:hover { background: rgba(var(--button-bg-rgb), 0.08); }
.switchboard-phone details { margin-top: 8px; }
.switchboard-phone [aria-pressed=true] { box-shadow: inset 0 0 0 2px var(--button-bg); }
.switchboard-phone [aria-pressed=true]::before { content: "✓ "; }
.switchboard-phone-corner { position: fixed; z-index: 1050; right: 20px; bottom: 20px; width: min(340px, calc(100vw - 40px)); color: var(--center-channel-color); }
.switchboard-phone-notice, .switchboard-phone-pops > li { margin: 8px 0 0; padding: 12px 16px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.24); border-radius: 4px; background: var(--center-channel-bg); box-shadow: 0 8px 24px rgba(0, 0, 0, 0.24); overflow-wrap: anywhere; }
.switchboard-phone-notice.is-bad { border-left: 4px solid var(--error-text); }
/* The newest on top: the others, at the bottom of the page, stay below the pointer. */
.switchboard-phone-corner [role=status], .switchboard-phone-corner [role=alert], .switchboard-phone-pops { display: flex; flex-direction: column-reverse; }
.switchboard-phone-pops { list-style: none; margin: 0; padding: 0; }
.switchboard-phone-pops > li { display: flex; flex-direction: column; border-left: 4px solid var(--online-indicator); }
.switchboard-phone-dialog { width: min(420px, calc(100vw - 32px)); padding: 20px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.24); border-radius: 8px; background: var(--center-channel-bg); color: var(--center-channel-color); }
.switchboard-phone-dialog .switchboard-phone-buttons.is-end { justify-content: flex-end; }
.switchboard-phone-dialog::backdrop { background: rgba(0, 0, 0, 0.64); }
/* Below the corner: the call that rings lies above the page of its caller. */
.switchboard-phone-dialog.is-page { position: fixed; z-index: 1040; inset: 0; box-sizing: border-box; width: min(1100px, calc(100vw - 32px)); max-height: calc(100vh - 32px); margin: auto; overflow: auto; box-shadow: 0 8px 24px rgba(0, 0, 0, 0.24); }
.switchboard-phone-dialog h2 { margin: 0 0 12px; font-size: 18px; overflow-wrap: anywhere; }
.switchboard-phone-dialog iframe { width: 100%; height: 65vh; border: 1px solid rgba(var(--center-channel-color-rgb), 0.24); }
@media (prefers-reduced-motion: no-preference) { .switchboard-phone-dot.is-ringing { animation: switchboard-phone-rings 1s infinite alternate; } }
@keyframes switchboard-phone-rings { to { opacity: 0.3; } }
`;
