/**
 * The style of settings in the System Console, which has Mattermost's variables as well. Text is in the page's own colour alone: some of
 * Mattermost's themes have too little contrast between a button's colours, or for errors (WCAG 2.1, 1.4.3).
 */
export const ADMIN_CSS = `
.switchboard-admin { max-width: 720px; color: var(--center-channel-color); }
.switchboard-admin button, .switchboard-admin input, .switchboard-admin textarea { font: inherit; }
.switchboard-admin button {
  min-height: 32px; padding: 4px 12px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.75); border-radius: 4px;
  color: var(--center-channel-color); background: var(--center-channel-bg); cursor: pointer;
}
.switchboard-admin button:disabled { opacity: 0.6; cursor: default; }
.switchboard-admin button.switchboard-primary { border: 2px solid var(--button-bg); font-weight: 600; }
.switchboard-admin input[type='text'], .switchboard-admin textarea {
  box-sizing: border-box; width: 100%; min-height: 32px; padding: 4px 8px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.75);
  border-radius: 4px; color: var(--center-channel-color); background: var(--center-channel-bg);
}
.switchboard-admin textarea { min-height: 96px; font-family: monospace; }
.switchboard-admin ul { margin: 8px 0; padding: 0; list-style: none; }
.switchboard-admin table { width: 100%; border-collapse: collapse; margin: 8px 0; }
.switchboard-admin th { text-align: start; }
.switchboard-admin th, .switchboard-admin td { padding: 2px 4px 2px 0; }
.switchboard-admin td:last-child { width: 1%; white-space: nowrap; }
.switchboard-row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 8px 0; }
.switchboard-chips { display: flex; flex-wrap: wrap; gap: 6px; }
.switchboard-chips li { display: inline-flex; align-items: center; gap: 4px; padding: 0 0 0 10px; border: 1px solid rgba(var(--center-channel-color-rgb), 0.5); border-radius: 16px; overflow-wrap: anywhere; }
.switchboard-chips button { border: 0; border-radius: 16px; }
.switchboard-search { position: relative; }
.switchboard-search ul {
  position: absolute; z-index: 10; left: 0; right: 0; max-height: 240px; margin: 0; overflow: auto;
  border: 1px solid rgba(var(--center-channel-color-rgb), 0.5); border-radius: 4px; background: var(--center-channel-bg);
}
.switchboard-search li { padding: 6px 8px; cursor: pointer; }
.switchboard-search li[aria-selected='true'] { background: rgba(var(--button-bg-rgb), 0.12); box-shadow: inset 3px 0 var(--button-bg); }
.switchboard-finding { display: flex; gap: 8px; margin: 6px 0; overflow-wrap: anywhere; }
.switchboard-finding code { padding: 0; color: inherit; background: none; overflow-wrap: anywhere; }
.switchboard-finding strong { flex: none; min-width: 90px; }
.switchboard-finding { padding-inline-start: 8px; border-inline-start: 4px solid rgba(var(--center-channel-color-rgb), 0.3); }
.switchboard-finding--ok { border-color: var(--online-indicator); }
.switchboard-finding--warning { border-color: var(--away-indicator); }
.switchboard-finding--bad { border-color: var(--error-text); }
@media (max-width: 600px) { .switchboard-finding { display: block; } }
`;
