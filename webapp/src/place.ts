// Under which id the plugin runs here, and below which path the site is. One build serves every bundle.

export interface Place {
  /** The bundle's id, such as `switchboard`. */
  pluginId: string;
  /** The path of the site without a slash at its end: empty, or such as `/chat`. */
  base: string;
}

/**
 * The place by the address from which Mattermost loaded the script: `<site>/static/plugins/<id>/<id>_<hash>_bundle.js`.
 * Undefined for an address of another kind.
 */
export function placeOf(script: string): Place | undefined {
  let path: string;
  try {
    path = new URL(script, window.location.href).pathname;
  } catch {
    return undefined;
  }
  const found = /^(.*?)\/static\/plugins\/([^/]+)\//.exec(path);
  if (!found?.[1] && found?.[1] !== '') return undefined;
  return { base: found[1], pluginId: decodeURIComponent(found[2] ?? '') };
}

/** The place of the script that is being run. To be asked while it is first run, not later. */
export function place(): Place | undefined {
  const script = document.currentScript;
  return script instanceof HTMLScriptElement ? placeOf(script.src) : undefined;
}

/** The path of something of the plugin's own, such as `/api/v1/webapp`. */
export function ownPath({ pluginId, base }: Place, path: string): string {
  return `${base}/plugins/${pluginId}${path}`;
}

/** The address of a file of public/, which changes with what is in it. */
export function publicFile(place: Place, name: string): string {
  const hash = FILES[name];
  return ownPath(place, `/public/${name}${hash ? `?v=${hash}` : ''}`);
}
