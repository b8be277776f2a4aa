package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"tiexi/pipeline/values"
)

// What is written for each line and each person is written without reflection,
// byte for byte as encoding/json writes it: digests stand on it.

// appendArray writes texts, whole numbers and flags.
func appendArray(to []byte, items []any) []byte {
	to = append(to, '[')
	for i, item := range items {
		if i > 0 {
			to = append(to, ',')
		}
		switch item := item.(type) {
		case string:
			to = values.AppendJSON(to, item)
		case int64:
			to = strconv.AppendInt(to, item, 10)
		case int:
			to = strconv.AppendInt(to, int64(item), 10)
		case bool:
			to = strconv.AppendBool(to, item)
		default:
			panic(fmt.Sprintf("ledger: no column holds %T", item)) // our own rows
		}
	}
	return append(to, ']')
}

// halfDigest is the first half of the SHA-256.
func halfDigest(content []byte) digest {
	sum := sha256.Sum256(content)
	return digest(sum[:])
}

func hexOf(d digest) string {
	var text [2 * len(d)]byte
	hex.Encode(text[:], d[:])
	return string(text[:])
}
