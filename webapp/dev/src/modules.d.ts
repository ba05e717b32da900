// Packages of react-17/ and react-18/, as far as this page uses them.

declare module 'redux' {
  export interface ReduxStore<S> {
    getState: () => S;
    dispatch: (action: { type: string }) => unknown;
    subscribe: (listener: () => void) => () => void;
  }
  export function legacy_createStore<S>(reducer: (state: S | undefined, action: { type: string }) => S): ReduxStore<S>;
}
declare module 'react-redux' {
  export const Provider: import('react').ComponentType<{ store: unknown }>;
}
declare module 'prop-types' {
  export const checkPropTypes: (...values: unknown[]) => void;
}
declare module 'react-dom/client' {
  export function createRoot(element: Element): { render(node: import('react').ReactNode): void };
}
