// Where plugins' components appear.

import React, { useEffect, useState } from 'react';
import type { Registered, State, Store } from './store';

/** Something of the store's, as it changes. */
export function useStore<T>(store: Store, select: (state: State) => T): T {
  const [found, setFound] = useState(() => select(store.getState()));
  useEffect(() => {
    const look = () => setFound(() => select(store.getState()));
    look();
    return store.subscribe(look);
  });
  return found;
}

const NONE: readonly Registered[] = [];

/** Everything that plugins registered for a place. */
export const useRegistered = (store: Store, place: string) => useStore(store, (state) => state.plugins.components[place] ?? NONE);

/** A fault of a plugin's component is shown in its place, and nothing else of the page fails. */
class Guard extends React.Component<{ pluginId: string }, { failed: string }> {
  override state = { failed: '' };

  static getDerivedStateFromError(error: unknown) {
    return { failed: String(error) };
  }

  override render() {
    if (this.state.failed) return <p className="failed">A component of {this.props.pluginId} failed: {this.state.failed}</p>;
    return this.props.children;
  }
}

/** Renders what plugins registered for a place; one of them alone where `id` names it. */
export function Pluggable({ store, place, id, values = {} }: { store: Store; place: string; id?: string; values?: Record<string, unknown> }) {
  const there = useRegistered(store, place).filter((one) => id === undefined || one.id === id);
  return (
    <>
      {there.map(({ id: key, pluginId, component: Component }) => Component && (
        <Guard key={key} pluginId={pluginId}>
          <Component {...values} theme={{}} />
        </Guard>
      ))}
    </>
  );
}
