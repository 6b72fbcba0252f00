// Command registry is the distribution project's own registry, with the storage and sign-in a test needs.
//
// It is the program of github.com/distribution/distribution/v3/cmd/registry without its cloud storage drivers
// (Azure, Google, S3): they are most of that program's dependencies, and a bed stores its images in a folder.
package main

import (
	"os"

	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/auth/token"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"
)

func main() {
	if err := registry.RootCmd.Execute(); err != nil {
		os.Exit(1)
	}
}
