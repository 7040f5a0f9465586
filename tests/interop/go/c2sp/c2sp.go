// Package c2sp is the glue between a ledger folder and other people's verifiers: where C2SP tlog-tiles puts a
// tile, how the text of a tlog-proof is cut up, which line of a checkpoint says what. It decides nothing: every
// hash and every signature is computed by the libraries under test.
package c2sp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// TileHeight is the height of every tile: 256 hashes.
const TileHeight = 8

// TilePath is where tlog-tiles keeps a tile; x/mod writes the height into the path and calls entries data.
func TilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// ParseTilePath is the inverse of [TilePath], and refuses any other spelling.
func ParseTilePath(path string) (tlog.Tile, error) {
	rest, found := strings.CutPrefix(path, "tile/")
	if !found {
		return tlog.Tile{}, fmt.Errorf("%s is no tile", path)
	}
	tile, err := tlog.ParseTilePath("tile/8/" + strings.Replace(rest, "entries/", "data/", 1))
	if err != nil || TilePath(tile) != path {
		return tlog.Tile{}, fmt.Errorf("%s is no tile", path)
	}
	return tile, nil
}

// Ledger is a folder that holds a tlog-tiles log.
type Ledger string

// Read reads a file of the ledger.
func (ledger Ledger) Read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(ledger), filepath.FromSlash(path)))
}

// Height, ReadTiles and SaveTiles make the ledger a [tlog.TileReader].
func (Ledger) Height() int { return TileHeight }

// ReadTiles reads exactly the tiles that x/mod names.
func (ledger Ledger) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for at, tile := range tiles {
		bytes, err := ledger.Read(TilePath(tile))
		if err != nil {
			return nil, err
		}
		read[at] = bytes
	}
	return read, nil
}

// SaveTiles keeps nothing: the ledger is only read.
func (Ledger) SaveTiles([]tlog.Tile, [][]byte) {}

// Entries cuts an entry bundle into its entries.
func Entries(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, errors.New("half a length at the end of the bundle")
		}
		length := int(bundle[0])<<8 | int(bundle[1])
		if len(bundle) < 2+length {
			return nil, errors.New("the last entry of the bundle is cut off")
		}
		entries = append(entries, bundle[2:2+length])
		bundle = bundle[2+length:]
	}
	return entries, nil
}

// Head reads the tree head off a checkpoint, believing it: signatures are a check of their own.
func Head(checkpoint []byte) (tlog.Tree, error) {
	lines := strings.SplitN(string(checkpoint), "\n", 5)
	if len(lines) < 5 || lines[0] == "" || lines[3] != "" {
		return tlog.Tree{}, errors.New("not a checkpoint of origin, size and root")
	}
	size, err := decimal(lines[1])
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Receipt is a tlog-proof whose extra line carries the entry.
type Receipt struct {
	Index      int64
	Entry      []byte
	Proof      []tlog.Hash
	Checkpoint []byte
}

// ReadReceipt reads a receipt file.
func ReadReceipt(path string) (*Receipt, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, errors.New("not a tlog-proof with an extra line")
	}
	encoded, found := strings.CutPrefix(lines[1], "extra ")
	if !found {
		return nil, errors.New("no extra line")
	}
	extra, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	var opened struct{ Entry string }
	if err := json.Unmarshal(extra, &opened); err != nil {
		return nil, err
	}
	number, found := strings.CutPrefix(lines[2], "index ")
	if !found {
		return nil, errors.New("no index line")
	}
	index, err := decimal(number)
	if err != nil {
		return nil, err
	}
	receipt := &Receipt{Index: index, Entry: []byte(opened.Entry), Checkpoint: []byte(checkpoint)}
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		receipt.Proof = append(receipt.Proof, hash)
	}
	return receipt, nil
}

// ReadCheckpoint reads a checkpoint, or the one inside a receipt.
func ReadCheckpoint(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err == nil && strings.HasPrefix(string(text), "c2sp.org/tlog-proof@v1\n") {
		_, checkpoint, _ := strings.Cut(string(text), "\n\n")
		return []byte(checkpoint), nil
	}
	return text, err
}

// OpenNote demands that the verifier's key, and the origin as its name, signed the checkpoint.
func OpenNote(checkpoint []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	if origin, _, _ := strings.Cut(opened.Text, "\n"); origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("signed by %s, but of the log %s", verifier.Name(), origin)
	}
	return Head([]byte(opened.Text + "\n"))
}

// ReadKey reads a file that holds one vkey.
func ReadKey(path string) (string, error) {
	text, err := os.ReadFile(path)
	return strings.TrimSpace(string(text)), err
}

func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return number, nil
}

// Run calls the check that the command line names and exits: 0 it passed, 1 it failed, 2 it could not be asked.
// A check gets the remaining arguments and says in a few words what it proved.
func Run(checks map[string]func(arguments []string) (string, error)) {
	if len(os.Args) >= 3 {
		if check, found := checks[os.Args[1]]; found {
			said, err := check(os.Args[2:])
			if err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			fmt.Println(said)
			return
		}
	}
	fmt.Fprintf(os.Stderr, "usage: %s CHECK ARGUMENT...\n", filepath.Base(os.Args[0]))
	os.Exit(2)
}
