// What the build and Mattermost's page bring.

/** The hashes of the files in public/, by name: build.mjs. */
declare const FILES: Readonly<Record<string, string>>;

interface Window {
  /** The path below which the site is, such as `/chat`; Mattermost sets it, empty at the root. */
  basename?: string;
  /** Mattermost's: what a plugin calls as it is loaded. */
  registerPlugin?: (id: string, plugin: unknown) => void;
}

/** What a test compares itself with. */
declare module '*.rs?raw' {
  const text: string;
  export default text;
}
