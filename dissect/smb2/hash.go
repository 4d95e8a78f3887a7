package smb2

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// hash defines a field of what a hash file holds, [MS-PCCRC] 2.3 and 2.4.
func hash(name, label string, kind field.Kind) *field.Def {
	return &field.Def{Name: "smb2.fsctl.read_hash." + name, Label: label, Kind: kind}
}

var (
	fHashType    = number("read_hash.type", "HashType")
	fHashVersion = number("read_hash.version", "HashVersion")
	fHashMode    = &field.Def{Name: "smb2.fsctl.read_hash.retrieval_type", Label: "HashRetrievalType", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "SRV_HASH_RETRIEVE_HASH_BASED"}, {V: 2, Name: "SRV_HASH_RETRIEVE_FILE_BASED"}}}
	fHashLength = number("read_hash.length", "Length")
	fHashOffset = number("read_hash.offset", "Offset")

	fHashDataOffset = number("read_hash.file_data_offset", "FileDataOffset")
	fHashDataLength = number("read_hash.file_data_length", "FileDataLength")
	fHashBuffer     = number("read_hash.buffer_length", "BufferLength")
	fHashHeader     = hash("header", "HASH_HEADER", field.Struct)
	fHashChanged    = hash("source_change_time", "SourceFileChangeTime", field.FileTime)
	fHashSize       = number("read_hash.source_size", "SourceFileSize")
	fHashBlobLength = number("read_hash.blob_length", "HashBlobLength")
	fHashBlobOffset = number("read_hash.blob_offset", "HashBlobOffset")
	fHashDirty      = number("read_hash.dirty", "Dirty")
	fHashNameLength = number("read_hash.source_name_length", "SourceFileNameLength")
	fHashName       = hash("source_name", "SourceFileName", field.UTF16)
	fHashPart       = hash("part", "Part of a hash file", field.Bytes)
	fContent        = hash("content_information", "Content Information", field.Struct)
	fContentVersion = hash("content.version", "Version", field.Hex)
	fContentAlgo    = &field.Def{Name: "smb2.fsctl.read_hash.content.algorithm", Label: "dwHashAlgo", Kind: field.Enum, Values: field.Values{
		{V: truncatedSHA512, Name: "SHA-512, first 256 bits"}, {V: sha256, Name: "SHA-256"}, {V: sha384, Name: "SHA-384"}, {V: sha512, Name: "SHA-512"}}}
	fContentFirst    = number("read_hash.content.offset_in_first_segment", "dwOffsetInFirstSegment")
	fContentLast     = number("read_hash.content.read_bytes_in_last_segment", "dwReadBytesInLastSegment")
	fContentStart    = number("read_hash.content.start", "ullStartInContent")
	fContentIndex    = number("read_hash.content.index_of_first_segment", "ullIndexOfFirstSegment")
	fContentRange    = number("read_hash.content.length_of_range", "ullLengthOfRange")
	fSegmentCount    = number("read_hash.content.segments", "cSegments")
	fSegment         = hash("content.segment", "SegmentDescription", field.Struct)
	fSegmentOffset   = number("read_hash.content.segment.offset", "ullOffsetInContent")
	fSegmentSize     = number("read_hash.content.segment.size", "cbSegment")
	fSegmentBlock    = number("read_hash.content.segment.block_size", "cbBlockSize")
	fSegmentHash     = hash("content.segment.hash_of_data", "SegmentHashOfData", field.Bytes)
	fSegmentSecret   = hash("content.segment.secret", "SegmentSecret", field.Bytes)
	fBlocks          = hash("content.blocks", "SegmentContentBlocks", field.Struct)
	fBlockCount      = number("read_hash.content.blocks.count", "cBlocks")
	fBlockHash       = hash("content.blocks.hash", "BlockHash", field.Bytes)
	fChunkType       = number("read_hash.content.chunk.type", "bChunkType")
	fChunkDataLength = number("read_hash.content.chunk.length", "dwChunkDataLength")
)

// The algorithms of [MS-PCCRC] 2.3 and 2.4.
const (
	truncatedSHA512 = 0x04
	sha256          = 0x800c
	sha384          = 0x800d
	sha512          = 0x800e
)

const (
	hashBasedHead  = 16 // up to Buffer, [MS-SMB2] 2.2.32.4.2
	fileBasedHead  = 24 // up to Buffer, [MS-SMB2] 2.2.32.4.3
	hashHeaderSize = 36 // up to SourceFileName, [MS-SMB2] 2.2.32.4.1
	contentHead    = 18 // up to segments, [MS-PCCRC] 2.3
	contentHead2   = 31 // up to chunks, [MS-PCCRC] 2.4
)

// readHash is SRV_READ_HASH, [MS-SMB2] 2.2.31.2.
func readHash(c *wire.Codec) {
	c.Show32(fHashType)
	c.Show32(fHashVersion)
	c.Show32(fHashMode)
	c.Show32(fHashLength)
	c.Show64(fHashOffset)
}

// readHashReply is SRV_HASH_RETRIEVE_HASH_BASED, [MS-SMB2] 2.2.32.4.2, or
// SRV_HASH_RETRIEVE_FILE_BASED, 2.2.32.4.3. What was asked for stands in the
// request alone; that BufferLength fits tells them apart.
func readHashReply(c *wire.Codec) {
	p := c.Peek(fileBasedHead)
	if len(p) == fileBasedHead && int64(binary.LittleEndian.Uint32(p[16:])) == int64(c.Left()-fileBasedHead) {
		c.Show64(fHashDataOffset)
		c.Show64(fHashDataLength)
		n := int(c.Show32(fHashBuffer))
		c.Bytes(fReserved, 4)
		c.Within(n, contentInformation)
		return
	}
	at := c.Show64(fHashOffset)
	n := int(c.Show32(fHashBuffer))
	c.Bytes(fReserved, 4)
	c.Within(n, func(c *wire.Codec) {
		if at == 0 && c.Left() >= hashHeaderSize {
			hashFile(c)
			return
		}
		c.Rest(fHashPart)
	})
}

// hashFile is a hash file from its begin: HASH_HEADER, [MS-SMB2] 2.2.32.4.1,
// and what it points to.
func hashFile(c *wire.Codec) {
	c.SetBase(c.Pos())
	c.Begin(fHashHeader)
	c.Show32(fHashType)
	c.Show32(fHashVersion)
	c.Show64(fHashChanged)
	c.Show64(fHashSize)
	n := int(c.Show32(fHashBlobLength))
	at := c.Base() + int(c.Show32(fHashBlobOffset))
	c.Show16(fHashDirty)
	c.Bytes(fHashName, int(c.Show16(fHashNameLength)))
	c.Finish()
	if at >= c.Pos() && n <= c.End()-at {
		c.Bytes(fReserved, at-c.Pos())
		c.Within(n, contentInformation)
	}
	c.Rest(fHashPart)
}

// contentInformation is [MS-PCCRC] 2.3 or 2.4, by its version.
func contentInformation(c *wire.Codec) {
	p := c.Peek(2)
	if len(p) < 2 {
		return
	}
	c.BeginLen(fContent, c.Left(), 0)
	switch {
	case p[1] == 1 && c.Left() >= contentHead:
		content1(c)
	case p[1] == 2 && c.Left() >= contentHead2:
		content2(c)
	}
	c.Rest(fHashPart)
	c.Done()
}

// content1 is version 1.0, little-endian.
func content1(c *wire.Codec) {
	c.Show16(fContentVersion)
	size := 32
	switch c.Show32(fContentAlgo) {
	case sha384:
		size = 48
	case sha512:
		size = 64
	}
	c.Show32(fContentFirst)
	c.Show32(fContentLast)
	n := int(c.Show32(fSegmentCount))
	for i := 0; c.More(i, n, 16+2*size); i++ {
		c.Begin(fSegment)
		c.Show64(fSegmentOffset)
		c.Show32(fSegmentSize)
		c.Show32(fSegmentBlock)
		c.Bytes(fSegmentHash, size)
		c.Bytes(fSegmentSecret, size)
		c.Finish()
	}
	for i := 0; c.More(i, n, 4); i++ {
		c.Begin(fBlocks)
		blocks := int(c.Show32(fBlockCount))
		for k := 0; c.More(k, blocks, size); k++ {
			c.Bytes(fBlockHash, size)
		}
		c.Finish()
	}
}

// content2 is version 2.0, big-endian.
func content2(c *wire.Codec) {
	c.Show16(fContentVersion)
	c.Show8(fContentAlgo)
	c.ShowBE(fContentStart, 8)
	c.ShowBE(fContentIndex, 8)
	c.ShowBE(fContentFirst, 4)
	c.ShowBE(fContentRange, 8)
	for c.Left() >= 5 {
		c.Show8(fChunkType)
		n := int(c.ShowBE(fChunkDataLength, 4))
		c.Within(n, func(c *wire.Codec) {
			for c.Left() >= 68 {
				c.Begin(fSegment)
				c.ShowBE(fSegmentSize, 4)
				c.Bytes(fSegmentHash, 32)
				c.Bytes(fSegmentSecret, 32)
				c.Finish()
			}
		})
	}
}

// hashDefs gives the fields of this file.
func hashDefs() []*field.Def {
	return []*field.Def{
		fHashType, fHashVersion, fHashMode, fHashLength, fHashOffset, fHashDataOffset, fHashDataLength, fHashBuffer, fHashHeader,
		fHashChanged, fHashSize, fHashBlobLength, fHashBlobOffset, fHashDirty, fHashNameLength, fHashName, fHashPart, fContent,
		fContentVersion, fContentAlgo, fContentFirst, fContentLast, fContentStart, fContentIndex, fContentRange, fSegmentCount,
		fSegment, fSegmentOffset, fSegmentSize, fSegmentBlock, fSegmentHash, fSegmentSecret, fBlocks, fBlockCount, fBlockHash,
		fChunkType, fChunkDataLength,
	}
}
