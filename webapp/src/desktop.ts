// Mattermost's Desktop App, and windows of other sites from there.

/** What of the Desktop App's own API (`window.desktopAPI`, since 5.7) is used. */
interface DesktopApi {
  /** For any plugin since 5.10 (before: for Calls alone). Rejects where the system or the person does not allow it. */
  getDesktopSources?: (options: { types: string[]; thumbnailSize?: { height: number; width: number } }) => Promise<Source[]>;
}

/** A screen or a window that can be shared. */
export interface Source {
  id: string;
  name: string;
  thumbnailURL: string;
}

export function desktopApi(): DesktopApi | undefined {
  return (window as { desktopAPI?: DesktopApi }).desktopAPI;
}

/** Whether the page is in Mattermost's Desktop App. */
export function inDesktopApp(): boolean {
  return desktopApi() !== undefined || /\bMattermost\/.*\bElectron\/|\bElectron\/.*\bMattermost\//.test(navigator.userAgent);
}

/**
 * Opens another site's page, which cannot reach ours. The Desktop App stops a blank window that goes to another site, and opens addresses
 * of others in the system's browser, of which nobody here learns anything: `elsewhere`. `blocked`: a popup blocker is in the way.
 */
export function openPage(address: string, name = '', features = ''): Window | 'elsewhere' | 'blocked' {
  if (inDesktopApp()) {
    window.open(address, '_blank', 'noopener');
    return 'elsewhere';
  }
  const opened = window.open('about:blank', name, features);
  if (!opened) return 'blocked';
  try {
    opened.opener = null;
    opened.location.replace(address);
  } catch {
    // It shows another site already, and so is no window that we made blank: take it anew.
    return window.open(address, name, features) ?? 'blocked';
  }
  return opened;
}
