//! An unpacked bundle: a folder with `plugin.json` and the executable that it names.

use std::{
    env, fmt, fs, io,
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value};
use tempfile::TempDir;

/// The platform that this host starts plugins for.
const PLATFORM: &str = if cfg!(target_arch = "aarch64") {
    "linux-arm64"
} else {
    "linux-amd64"
};

/// What is wrong with a bundle, and what to do about it.
#[derive(Debug)]
pub struct BundleError(String);

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BundleError {}

#[derive(Debug, Deserialize)]
struct Manifest {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    server: Server,
    #[serde(default)]
    webapp: Webapp,
    #[serde(default)]
    settings_schema: Schema,
}

#[derive(Debug, Default, Deserialize)]
struct Server {
    #[serde(default)]
    executables: Map<String, Value>,
    #[serde(default)]
    executable: String,
}

#[derive(Debug, Default, Deserialize)]
struct Webapp {
    #[serde(default)]
    bundle_path: String,
}

#[derive(Debug, Default, Deserialize)]
struct Schema {
    #[serde(default)]
    settings: Vec<Setting>,
}

#[derive(Debug, Deserialize)]
struct Setting {
    key: String,
    #[serde(default)]
    default: Value,
}

/// An unpacked bundle.
#[derive(Debug)]
pub struct Bundle {
    folder: PathBuf,
    executable: PathBuf,
    manifest: Manifest,
    /// The folder's owner, if it was made for the occasion.
    _temporary: Option<TempDir>,
}

impl Bundle {
    /// Opens the bundle in `folder`.
    ///
    /// # Errors
    /// [`BundleError`] when there is none, or nothing in it can be run here.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, BundleError> {
        let folder = folder.into();
        let path = folder.join("plugin.json");
        let text = fs::read(&path).map_err(|e| {
            BundleError(format!(
                "There is no bundle in {}: {} cannot be read ({e}). `make dist` builds the plugin and unpacks its \
                 bundles under dist/unpacked/; `make run` does that and starts this dev host.",
                folder.display(),
                path.display()
            ))
        })?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|e| BundleError(format!("{} is no plugin manifest: {e}.", path.display())))?;
        let named = manifest
            .server
            .executables
            .get(PLATFORM)
            .and_then(Value::as_str);
        let named = named.unwrap_or(&manifest.server.executable);
        if named.is_empty() {
            let path = path.display();
            return Err(BundleError(format!(
                "{path} names no executable for {PLATFORM} under server.executables."
            )));
        }
        let executable = folder.join(named);
        if !executable.is_file() {
            return Err(BundleError(format!(
                "The executable {} that plugin.json names is missing. `make dist` builds it.",
                executable.display()
            )));
        }
        Ok(Self {
            folder,
            executable,
            manifest,
            _temporary: None,
        })
    }

    /// Makes a bundle in a temporary folder, of an executable and the manifest in `manifest`,
    /// under the id `id` if one is given.
    ///
    /// # Errors
    /// [`BundleError`] when one of them is missing, or the folder cannot be made.
    pub fn assemble(
        manifest: &Path,
        executable: &Path,
        id: Option<&str>,
    ) -> Result<Self, BundleError> {
        let text = fs::read(manifest).map_err(|e| {
            BundleError(format!(
                "The manifest {} cannot be read: {e}.",
                manifest.display()
            ))
        })?;
        let mut value: Value = serde_json::from_slice(&text).map_err(|e| {
            BundleError(format!(
                "{} is no plugin manifest: {e}.",
                manifest.display()
            ))
        })?;
        if let Some(id) = id {
            value["id"] = id.into();
        }
        Self::temporary(value, executable)
    }

    /// Makes a bundle in a temporary folder, of an executable and a manifest that says nothing but
    /// the id.
    ///
    /// # Errors
    /// [`BundleError`] when there is no executable, or the folder cannot be made.
    pub fn bare(executable: &Path, id: &str) -> Result<Self, BundleError> {
        Self::temporary(serde_json::json!({ "id": id }), executable)
    }

    fn temporary(mut value: Value, executable: &Path) -> Result<Self, BundleError> {
        if !executable.is_file() {
            return Err(BundleError(format!(
                "There is no executable {}. `cargo build` says where it puts what it builds.",
                executable.display()
            )));
        }
        let relative = format!("server/dist/plugin-{PLATFORM}");
        value["server"]["executables"] = serde_json::json!({ PLATFORM: relative });
        let made = || -> io::Result<TempDir> {
            let folder = tempfile::Builder::new()
                .prefix("devhost-bundle-")
                .tempdir()?;
            let target = folder.path().join(&relative);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            // Not a symbolic link: the plugin finds its bundle from where its executable is.
            if fs::hard_link(executable, &target).is_err() {
                fs::copy(executable, &target)?;
            }
            fs::write(folder.path().join("plugin.json"), value.to_string())?;
            Ok(folder)
        };
        let folder =
            made().map_err(|e| BundleError(format!("A temporary bundle cannot be made: {e}.")))?;
        let mut bundle = Self::open(folder.path())?;
        bundle._temporary = Some(folder);
        Ok(bundle)
    }

    /// Copies a built webapp into a bundle that was assembled: `main.js` and the folder `public` of `built`.
    ///
    /// # Errors
    /// [`BundleError`] when there is none, or the manifest names none.
    pub fn with_webapp(self, built: &Path) -> Result<Self, BundleError> {
        let problem = |e: io::Error| {
            BundleError(format!(
                "The webapp in {} cannot be copied ({e}). `python3 scripts/webapp.py build` builds it.",
                built.display()
            ))
        };
        let Some(script) = self.webapp() else {
            let words = "The manifest names no webapp.bundle_path.";
            return Err(BundleError(words.into()));
        };
        if let Some(parent) = script.parent() {
            fs::create_dir_all(parent).map_err(problem)?;
        }
        fs::copy(built.join("main.js"), &script).map_err(problem)?;
        copy_folder(&built.join("public"), &self.folder.join("public")).map_err(problem)?;
        Ok(self)
    }

    /// The webapp's script, if the manifest names one.
    pub fn webapp(&self) -> Option<PathBuf> {
        let path = &self.manifest.webapp.bundle_path;
        (!path.is_empty()).then(|| self.folder.join(path))
    }

    /// The plugin's id.
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    /// The plugin's name.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// The plugin's version.
    pub fn version(&self) -> &str {
        &self.manifest.version
    }

    /// The bundle's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The executable as Mattermost starts it: relative to the host's own working folder.
    pub fn executable(&self) -> PathBuf {
        env::current_dir()
            .ok()
            .and_then(|here| relative(&here, &self.executable))
            .unwrap_or_else(|| self.executable.clone())
    }

    /// The name of the setting `key` as the manifest writes it, if it has such a setting.
    pub fn setting(&self, key: &str) -> Option<&str> {
        let settings = &self.manifest.settings_schema.settings;
        settings
            .iter()
            .map(|setting| setting.key.as_str())
            .find(|own| own.eq_ignore_ascii_case(key))
    }

    /// The keys of all settings.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.manifest
            .settings_schema
            .settings
            .iter()
            .map(|setting| setting.key.as_str())
    }

    /// What a setting is before anybody sets it: its default, or `null`.
    pub fn defaults(&self) -> Map<String, Value> {
        let settings = &self.manifest.settings_schema.settings;
        settings
            .iter()
            .map(|setting| (setting.key.clone(), setting.default.clone()))
            .collect()
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// `path` as seen from the folder `here`, with a `./` or `../` in front so that it is a path.
fn relative(here: &Path, path: &Path) -> Option<PathBuf> {
    let path = if path.is_absolute() {
        path.to_owned()
    } else {
        here.join(path)
    };
    let (here, path): (Vec<_>, Vec<_>) = (here.components().collect(), path.components().collect());
    if path.contains(&Component::ParentDir) {
        return None;
    }
    let path: Vec<_> = path
        .into_iter()
        .filter(|part| *part != Component::CurDir)
        .collect();
    let same = here.iter().zip(&path).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Component::ParentDir, here.len() - same);
    let mut found = if here.len() == same {
        PathBuf::from(".")
    } else {
        PathBuf::new()
    };
    found.extend(up.chain(path[same..].iter().copied()));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_hosts_folder() {
        for (here, path, expected) in [
            ("/a/b", "/a/b/c/d", "./c/d"),
            ("/a/b", "/a/x/y", "../x/y"),
            ("/a/b", "c/d", "./c/d"),
            ("/a/b", "./c/d", "./c/d"),
        ] {
            assert_eq!(
                relative(Path::new(here), Path::new(path)),
                Some(expected.into()),
                "{path} from {here}"
            );
        }
    }

    #[test]
    fn a_missing_bundle_says_how_to_build_it() {
        let error = Bundle::open("/nonexistent").unwrap_err().to_string();
        assert!(error.contains("make dist"), "{error}");
        let error = Bundle::bare(Path::new("/nonexistent"), "x").unwrap_err();
        assert!(error.to_string().contains("cargo build"), "{error}");
    }
}
