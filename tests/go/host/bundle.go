package host

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Bundle is a plugin as it lies on disk: a folder with plugin.json, or a program alone.
type Bundle struct {
	ID, Executable, Dir string
}

// OpenBundle reads what path holds. A program alone gets the id "probe".
func OpenBundle(path string) (Bundle, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Bundle{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Bundle{}, err
	}
	if !info.IsDir() {
		return Bundle{ID: "probe", Executable: path, Dir: filepath.Dir(path)}, nil
	}
	raw, err := os.ReadFile(filepath.Join(path, "plugin.json"))
	if err != nil {
		return Bundle{}, err
	}
	var manifest struct {
		ID     string `json:"id"`
		Server struct {
			Executable  string            `json:"executable"`
			Executables map[string]string `json:"executables"`
		} `json:"server"`
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return Bundle{}, fmt.Errorf("plugin.json: %w", err)
	}
	program := manifest.Server.Executables[runtime.GOOS+"-"+runtime.GOARCH]
	if program == "" {
		program = manifest.Server.Executable
	}
	if program == "" || !filepath.IsLocal(program) {
		return Bundle{}, fmt.Errorf("plugin.json names no executable for %s-%s", runtime.GOOS, runtime.GOARCH)
	}
	return Bundle{ID: manifest.ID, Executable: filepath.Join(path, program), Dir: path}, nil
}
