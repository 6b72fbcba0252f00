import { createHash } from 'node:crypto'

/** An image of one static program, without any base. */
export interface ImageSpecification {
  /** The full name, registry included: `127.0.0.1:5000/shop:2`. */
  readonly reference: string
  /** The program's bytes; it becomes `/app`. */
  readonly program: Buffer
  /** Environment baked into the image, so that images of one program differ in their digests. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Bytes under the name of their own SHA-256. */
export interface Blob {
  readonly digest: string
  readonly mediaType: string
  readonly bytes: Buffer
}

/** A packed image: the same bytes from the same specification, on any machine at any time. */
export interface Image {
  readonly reference: string
  readonly manifest: Blob
  readonly blobs: readonly Blob[]
}

const type = 'application/vnd.oci.image'

/** Packs a program as an image: one layer, not compressed, run as nobody. */
export function packImage(specification: ImageSpecification): Image {
  const layer = blob(`${type}.layer.v1.tar`, tar([{ path: 'app', bytes: specification.program, mode: 0o755 }]))
  const config = blob(
    `${type}.config.v1+json`,
    json({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: {
        User: '65532:65532',
        Entrypoint: ['/app'],
        Env: Object.entries(specification.environment ?? {}).map(([name, value]) => `${name}=${value}`),
      },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
      history: [{ created: '1970-01-01T00:00:00Z', created_by: 'fairlead bed' }],
    }),
  )
  const manifest = blob(
    `${type}.manifest.v1+json`,
    json({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: descriptor(config),
      layers: [descriptor(layer)],
    }),
  )
  return { reference: specification.reference, manifest, blobs: [layer, config] }
}

/** The image as an archive of an OCI layout, as `ctr images import` and `kind load image-archive` read it. */
export function archive(image: Image): Buffer {
  const index = {
    schemaVersion: 2,
    mediaType: `${type}.index.v1+json`,
    manifests: [
      {
        ...descriptor(image.manifest),
        annotations: { 'io.containerd.image.name': image.reference, 'org.opencontainers.image.ref.name': image.reference },
      },
    ],
  }
  return tar([
    { path: 'oci-layout', bytes: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', bytes: json(index) },
    ...[image.manifest, ...image.blobs].map(({ digest, bytes }) => ({ path: `blobs/${digest.replace(':', '/')}`, bytes })),
  ])
}

/** A file in a tar archive. */
export interface TarEntry {
  readonly path: string
  readonly bytes: Buffer
  readonly mode?: number
}

/** A ustar archive of plain files with paths up to 100 bytes; owner root, time zero. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => [tarHeader(entry), entry.bytes, Buffer.alloc((512 - (entry.bytes.length % 512)) % 512)])
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function tarHeader({ path, bytes, mode = 0o644 }: TarEntry): Buffer {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`tar: expected a path of at most 100 bytes, got ${path}`)
  const header = Buffer.alloc(512)
  const octal = (value: number, offset: number, length: number) => header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset)
  header.write(path, 0)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(bytes.length, 124, 12)
  octal(0, 136, 12)
  header.write('        ', 148) // the checksum is taken with blanks in its own place
  header.write('0', 156)
  header.write('ustar\u000000', 257, 'latin1')
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return header
}

function blob(mediaType: string, bytes: Buffer): Blob {
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` }
}

function descriptor({ mediaType, digest, bytes }: Blob): object {
  return { mediaType, digest, size: bytes.length }
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}
