// Style sheets of ours. Colours are Mattermost's variables only, so that every theme applies.

/** Adds a style sheet to the page, once for each name of a plugin's: two bundles may be there. Answers how to take it away. */
export function style(pluginId: string, name: string, css: string): () => void {
  const id = `switchboard-style-${pluginId}-${name}`;
  document.getElementById(id)?.remove();
  const element = document.createElement('style');
  element.id = id;
  element.textContent = css;
  document.head.append(element);
  return () => element.remove();
}

/** What several parts use. */
export const COMMON_CSS = `
.switchboard-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; border: 0;
}
`;
