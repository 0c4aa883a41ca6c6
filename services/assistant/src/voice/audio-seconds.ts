const PAGE = Buffer.from('OggS')
const PAGE_HEADER_BYTES = 28
const OPUS_HEAD = Buffer.from('OpusHead')
const OPUS_PER_SECOND = 48_000
// What compressed speech takes at least: without a length on record a file is taken for as long as it can be.
const BYTES_PER_SECOND_MIN = 1_500
// Opus has 510 kbit/s at most: a file that says it is shorter than its bytes does not say the truth.
const BYTES_PER_SECOND_MAX = 64_000

/** How long a recording is. Of Ogg Opus, which WhatsApp's voice notes are, from its last page; of others at most. Never less than its bytes take. */
export function audioSeconds(bytes: Uint8Array): number {
  const audio = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const head = audio.indexOf(OPUS_HEAD)
  const lastPage = audio.lastIndexOf(PAGE)
  if (head < 0 || head + 12 > audio.length || lastPage < 0 || lastPage + PAGE_HEADER_BYTES > audio.length) {
    return audio.length / BYTES_PER_SECOND_MIN
  }
  // RFC 7845: the granule position counts samples at 48 kHz, with the pre-skip.
  const samples = Number(audio.readBigInt64LE(lastPage + 6)) - audio.readUInt16LE(head + 10)
  return Math.max(samples / OPUS_PER_SECOND, audio.length / BYTES_PER_SECOND_MAX)
}
