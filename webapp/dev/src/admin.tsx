// The System Console's page of a plugin: its manifest's settings, with the components that it registered in their places.

import React, { useEffect, useRef, useState } from 'react';
import { ask } from './ask';
import { useStore } from './parts';
import type { Store } from './store';

interface Setting {
  key: string;
  type: string;
  display_name: string;
  help_text: string;
  options?: readonly { display_name: string; value: string }[];
}
interface Manifest {
  id: string;
  name: string;
  settings_schema?: { header?: string; footer?: string; settings?: readonly Setting[] };
}
type Values = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** A setting without a component of the plugin's. */
function Field({ id, setting, value, set }: { id: string; setting: Setting; value: unknown; set: (value: unknown) => void }) {
  const { type, options = [] } = setting;
  const shown = text(value);
  if (type === 'bool') return <input id={id} type="checkbox" checked={value === true} onChange={(event) => set(event.target.checked)} />;
  if (type === 'longtext') return <textarea id={id} rows={4} value={shown} onChange={(event) => set(event.target.value)} />;
  if (type === 'dropdown' || type === 'radio') {
    return (
      <select id={id} value={shown} onChange={(event) => set(event.target.value)}>
        {options.map((one) => <option key={one.value} value={one.value}>{one.display_name}</option>)}
      </select>
    );
  }
  if (type === 'custom') return <p className="banner">In order to view this setting, enable the plugin and click Save.</p>;
  return <input id={id} type={type === 'number' ? 'number' : 'text'} value={shown} onChange={(event) => set(type === 'number' ? Number(event.target.value) : event.target.value)} />;
}

export function AdminPage({ store, plugin }: { store: Store; plugin: string }) {
  const components = useStore(store, (state) => state.plugins.settings);
  const [manifest, setManifest] = useState<Manifest>();
  const [values, setValues] = useState<Values>({});
  const [changed, setChanged] = useState(false);
  const [said, setSaid] = useState('');
  const saveActions = useRef(new Set<() => Promise<unknown>>());
  useEffect(() => {
    const read = async () => {
      const { active } = (await ask('GET', '/api/v4/plugins')) as { active: Manifest[] };
      const config = (await ask('GET', '/api/v4/config')) as { PluginSettings: { Plugins: Record<string, Values> } };
      setManifest(active.find((one) => one.id === plugin));
      setValues(config.PluginSettings.Plugins[plugin] ?? {});
    };
    read().catch((error: unknown) => setSaid(String(error)));
  }, [plugin]);
  const [saves] = useState({
    add: (action: () => Promise<unknown>) => void saveActions.current.add(action),
    remove: (action: () => Promise<unknown>) => void saveActions.current.delete(action),
  });
  const save = async () => {
    try {
      await ask('PUT', '/api/v4/config/patch', { PluginSettings: { Plugins: { [plugin]: values } } });
      await Promise.all([...saveActions.current].map((action) => action()));
      setChanged(false);
      setSaid('Saved.');
    } catch (error) {
      setSaid(String(error));
    }
  };
  if (!manifest) return <main><p role="status">{said}</p></main>;
  const { header = '', footer = '', settings = [] } = manifest.settings_schema ?? {};
  const escaped = plugin.replace(/\./g, '+');
  return (
    <main className="admin-console">
      <h1>{manifest.name}</h1>
      <p>{header}</p>
      {settings.map((setting) => {
        const key = setting.key.toLowerCase();
        const id = `PluginSettings.Plugins.${escaped}.${key}`;
        const set = (value: unknown) => {
          setValues((now) => ({ ...now, [key]: value }));
          setChanged(true);
        };
        const custom = components[key];
        const label = <label htmlFor={id}>{setting.display_name}</label>;
        const help = <div className="help-text">{setting.help_text}</div>;
        const own = custom && (
          <custom.component id={id} label={label} helpText={help} value={values[key]} disabled={false} setByEnv={false} onChange={(_id: string, value: unknown) => set(value)} setSaveNeeded={() => setChanged(true)} registerSaveAction={saves.add} unRegisterSaveAction={saves.remove} />
        );
        if (custom && !custom.showTitle) return <div key={key} data-key={setting.key}>{own}</div>;
        return (
          <div key={key} className="form-group" data-key={setting.key}>
            {custom ? <span className="control-label">{setting.display_name}</span> : label}
            <div>
              {own ?? <Field id={id} setting={setting} value={values[key]} set={set} />}
              {help}
            </div>
          </div>
        );
      })}
      <p>{footer}</p>
      <div className="admin-console-save">
        <button type="button" id="saveSetting" disabled={!changed} onClick={() => void save()}>Save</button>
        <span role="status">{said}</span>
      </div>
    </main>
  );
}
