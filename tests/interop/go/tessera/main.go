// Command tessera checks receipts and consistency with the Merkle code of Trillian and Tessera
// (transparency-dev/merkle, formats, tessera/client), which shares nothing with golang.org/x/mod's. Tessera's own
// fsck, which checks the whole tree, is run as it is.
package main

import (
	"context"
	"fmt"
	"path/filepath"

	"chauban.invalid/interop/c2sp"
	"github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	c2sp.Run(map[string]func([]string) (string, error){"inclusion": inclusion, "consistency": consistency})
}

func verifier(path string) (note.Verifier, error) {
	key, err := c2sp.ReadKey(path)
	if err != nil {
		return nil, err
	}
	return f_note.NewVerifier(key)
}

// inclusion KEY RECEIPT...: each receipt by itself, its checkpoint's signature included.
func inclusion(arguments []string) (string, error) {
	key, err := verifier(arguments[0])
	if err != nil {
		return "", err
	}
	for _, path := range arguments[1:] {
		if err := included(path, key); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return fmt.Sprintf("%d receipts", len(arguments)-1), nil
}

func included(path string, key note.Verifier) error {
	receipt, err := c2sp.ReadReceipt(path)
	if err != nil {
		return err
	}
	head, _, _, err := log.ParseCheckpoint(receipt.Checkpoint, key.Name(), key)
	if err != nil {
		return err
	}
	hashes := make([][]byte, len(receipt.Proof))
	for at := range receipt.Proof {
		hashes[at] = receipt.Proof[at][:]
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(receipt.Entry)
	return proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(receipt.Index), head.Size, leaf, hashes, head.Hash)
}

// consistency KEY LEDGER NOTE...: the ledger's checkpoint extends each of the others, proved from its tiles.
func consistency(arguments []string) (string, error) {
	if len(arguments) < 3 {
		return "", fmt.Errorf("nothing to compare with")
	}
	key, err := verifier(arguments[0])
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	fetch := client.FileFetcher{Root: arguments[1]}
	head, _, _, err := client.FetchCheckpoint(ctx, fetch.ReadCheckpoint, key, key.Name())
	if err != nil {
		return "", err
	}
	builder, err := client.NewProofBuilder(ctx, head.Size, fetch.ReadTile)
	if err != nil {
		return "", err
	}
	for _, path := range arguments[2:] {
		checkpoint, err := c2sp.ReadCheckpoint(path)
		if err != nil {
			return "", err
		}
		var old log.Checkpoint // believed as it stands: its signature is a check of its own
		if _, err := old.Unmarshal(checkpoint); err != nil {
			return "", err
		}
		hashes, err := builder.ConsistencyProof(ctx, old.Size, head.Size)
		if err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		err = proof.VerifyConsistency(rfc6962.DefaultHasher, old.Size, head.Size, hashes, old.Hash, head.Hash)
		if err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return fmt.Sprintf("%d of its heads, up to size %d", len(arguments)-2, head.Size), nil
}
