// Command mldsa checks the ML-DSA-44 line of checkpoints (C2SP tlog-cosignature, type 0x06) with filippo.io/mldsa,
// the implementation of the Go standard library.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"chauban.invalid/interop/c2sp"
	"filippo.io/mldsa"
)

const mlDSA44Cosignature = 0x06

func main() {
	c2sp.Run(map[string]func([]string) (string, error){"signature": signature})
}

// signature KEY NOTE...: the ML-DSA-44 line of each checkpoint, or of the checkpoint in each receipt.
func signature(arguments []string) (string, error) {
	text, err := c2sp.ReadKey(arguments[0])
	if err != nil {
		return "", err
	}
	key, err := parse(text)
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
	return fmt.Sprintf("%d signed by %s", len(arguments)-1, key.name), nil
}

// verifier is a [note.Verifier].
type verifier struct {
	name string
	id   uint32
	key  *mldsa.PublicKey
}

func parse(vkey string) (*verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a vkey")
	}
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(typed) == 0 || typed[0] != mlDSA44Cosignature {
		return nil, errors.New("not an ML-DSA-44 vkey")
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), typed...))
	if hex.EncodeToString(digest[:4]) != parts[1] {
		return nil, errors.New("the vkey's ID is not the ID of its key")
	}
	key, err := mldsa.NewPublicKey(mldsa.MLDSA44(), typed[1:])
	return &verifier{name: parts[0], id: binary.BigEndian.Uint32(digest[:4]), key: key}, err
}

func (v *verifier) Name() string    { return v.name }
func (v *verifier) KeyHash() uint32 { return v.id }

// Verify rebuilds the cosigned_message that the line signs instead of the note's text.
func (v *verifier) Verify(text, signature []byte) bool {
	head, err := c2sp.Head(append(text, '\n'))
	if err != nil || len(signature) != 8+mldsa.MLDSA44SignatureSize {
		return false
	}
	origin, _, _ := strings.Cut(string(text), "\n")
	message := []byte("subtree/v1\n\x00")
	message = append(message, byte(len(v.name)))
	message = append(message, v.name...)
	message = append(message, signature[:8]...) // the time it states
	message = append(message, byte(len(origin)))
	message = append(message, origin...)
	message = binary.BigEndian.AppendUint64(message, 0)
	message = binary.BigEndian.AppendUint64(message, uint64(head.N))
	message = append(message, head.Hash[:]...)
	return mldsa.Verify(v.key, message, signature[8:], nil) == nil
}
