// Command xmod checks a ledger with golang.org/x/mod/sumdb, the code by which the go command checks its own
// checksum database: note for the Ed25519 line, tlog for every hash.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"chauban.invalid/interop/c2sp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	c2sp.Run(map[string]func([]string) (string, error){
		"signature":   signature,
		"inclusion":   inclusion,
		"consistency": consistency,
		"tree":        tree,
	})
}

func verifier(path string) (note.Verifier, error) {
	key, err := c2sp.ReadKey(path)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(key)
}

// signature KEY NOTE...: the Ed25519 line of each checkpoint, or of the checkpoint in each receipt.
func signature(arguments []string) (string, error) {
	key, err := verifier(arguments[0])
	if err != nil {
		return "", err
	}
	for _, path := range arguments[1:] {
		checkpoint, err := c2sp.ReadCheckpoint(path)
		if err != nil {
			return "", err
		}
		if _, err := c2sp.OpenNote(checkpoint, key); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return fmt.Sprintf("%d signed by %s", len(arguments)-1, key.Name()), nil
}

// inclusion KEY RECEIPT...: each receipt by itself, its checkpoint's signature included.
func inclusion(arguments []string) (string, error) {
	key, err := verifier(arguments[0])
	if err != nil {
		return "", err
	}
	for _, path := range arguments[1:] {
		receipt, err := c2sp.ReadReceipt(path)
		if err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		head, err := c2sp.OpenNote(receipt.Checkpoint, key)
		if err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		if receipt.Index >= head.N {
			return "", fmt.Errorf("%s: entry %d of %d", filepath.Base(path), receipt.Index, head.N)
		}
		leaf := tlog.RecordHash(receipt.Entry)
		if err := tlog.CheckRecord(receipt.Proof, head.N, head.Hash, receipt.Index, leaf); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return fmt.Sprintf("%d receipts", len(arguments)-1), nil
}

// consistency LEDGER NOTE...: the ledger's checkpoint extends each of the others, proved from its tiles.
func consistency(arguments []string) (string, error) {
	ledger := c2sp.Ledger(arguments[0])
	checkpoint, err := ledger.Read("checkpoint")
	if err != nil {
		return "", err
	}
	head, err := c2sp.Head(checkpoint)
	if err != nil {
		return "", err
	}
	reader := tlog.TileHashReader(head, ledger)
	for _, path := range arguments[1:] {
		checkpoint, err := c2sp.ReadCheckpoint(path)
		if err != nil {
			return "", err
		}
		old, err := c2sp.Head(checkpoint)
		if err != nil {
			return "", err
		}
		if err := extends(head, old, reader); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return fmt.Sprintf("%d of its heads, up to size %d", len(arguments)-1, head.N), nil
}

func extends(head, old tlog.Tree, reader tlog.HashReader) error {
	switch {
	case old.N > head.N:
		return fmt.Errorf("size %d is beyond the ledger's %d", old.N, head.N)
	case old.N == 0: // x/mod has no proof for the empty tree, which every tree extends
		if empty, _ := tlog.TreeHash(0, nil); old.Hash != empty {
			return errors.New("not the root of the empty tree")
		}
		return nil
	}
	proof, err := tlog.ProveTree(head.N, old.N, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, head.N, head.Hash, old.N, old.Hash)
}

// tree LEDGER: every entry hashed again; from those hashes alone the root, and every byte under tile/.
func tree(arguments []string) (string, error) {
	ledger := c2sp.Ledger(arguments[0])
	checkpoint, err := ledger.Read("checkpoint")
	if err != nil {
		return "", err
	}
	head, err := c2sp.Head(checkpoint)
	if err != nil {
		return "", err
	}
	var hashes []tlog.Hash // all nodes of the tree, in x/mod's storage order
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for at, index := range indexes {
			found[at] = hashes[index]
		}
		return found, nil
	})
	needed := map[tlog.Tile]bool{}
	bundles := map[int64][]byte{}
	number := int64(0)
	for _, tile := range tlog.NewTiles(c2sp.TileHeight, 0, head.N) {
		needed[tile] = true
		if tile.L != 0 {
			continue
		}
		tile.L = -1
		needed[tile] = true
		bundle, err := ledger.Read(c2sp.TilePath(tile))
		if err != nil {
			return "", err
		}
		bundles[tile.N] = bundle
		entries, err := c2sp.Entries(bundle)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c2sp.TilePath(tile), err)
		}
		if len(entries) != tile.W || number != tile.N<<c2sp.TileHeight {
			return "", fmt.Errorf("%s: holds %d entries", c2sp.TilePath(tile), len(entries))
		}
		for _, entry := range entries {
			more, err := tlog.StoredHashesForRecordHash(number, tlog.RecordHash(entry), reader)
			if err != nil {
				return "", err
			}
			hashes = append(hashes, more...)
			number++
		}
	}
	root, err := tlog.TreeHash(head.N, reader)
	if err != nil {
		return "", err
	}
	// The tiles first: they say which place is wrong, the root only that one is.
	files, err := tiles(ledger, head.N, needed, bundles, reader)
	if err != nil {
		return "", err
	}
	if number != head.N || root != head.Hash {
		return "", fmt.Errorf("the %d entries have root %v, the checkpoint says %v", number, root, head.Hash)
	}
	return fmt.Sprintf("%d entries, %d files under tile/", number, files), nil
}

// tiles compares every file under tile/ with what the entries make it, partial tiles left from smaller sizes
// too, and demands those that the size needs. What lies beyond the checkpoint is not yet published: not judged.
func tiles(
	ledger c2sp.Ledger, size int64, needed map[tlog.Tile]bool, bundles map[int64][]byte, reader tlog.HashReader,
) (int, error) {
	files := 0
	compare := func(full string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		path, err := filepath.Rel(string(ledger), full)
		if err != nil {
			return err
		}
		tile, err := c2sp.ParseTilePath(filepath.ToSlash(path))
		if err != nil {
			return err
		}
		delete(needed, tile)
		stands, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		level := uint(max(tile.L, 0) * c2sp.TileHeight)
		there := min(int64(tile.W), size>>level-tile.N<<c2sp.TileHeight)
		if there <= 0 {
			return nil
		}
		files++
		var should []byte
		if tile.L == -1 {
			should, stands, err = prefixes(bundles[tile.N], stands, int(there))
		} else if len(stands) != tile.W*tlog.HashSize {
			err = fmt.Errorf("%d bytes", len(stands))
		} else {
			stands = stands[:there*tlog.HashSize]
			tile.W = int(there)
			should, err = tlog.ReadTileData(tile, reader)
		}
		if err == nil && !bytes.Equal(stands, should) {
			err = errors.New("not what the entries make it")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	root := filepath.Join(string(ledger), "tile")
	if _, err := os.Stat(root); err == nil || size > 0 {
		if err := filepath.WalkDir(root, compare); err != nil {
			return 0, err
		}
	}
	for tile := range needed {
		return 0, fmt.Errorf("%s is missing", c2sp.TilePath(tile))
	}
	return files, nil
}

// prefixes cuts two bundles to their first entries.
func prefixes(one, other []byte, entries int) ([]byte, []byte, error) {
	cut := func(bundle []byte) ([]byte, error) {
		all, err := c2sp.Entries(bundle)
		if err != nil {
			return nil, err
		}
		length := 0
		for _, entry := range all[:min(entries, len(all))] {
			length += 2 + len(entry)
		}
		return bundle[:length], nil
	}
	first, err := cut(one)
	if err != nil {
		return nil, nil, err
	}
	second, err := cut(other)
	return first, second, err
}
