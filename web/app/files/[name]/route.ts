import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { POINT_BYTES, servedFile } from '../../../lib/files.ts';

export const dynamic = 'force-dynamic';

interface Context {
  params: Promise<{ name: string }>;
}

/** Keys and circuits; `srs.points?points=n` gives the first n powers only. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { name } = await params;
  const file = servedFile(name);
  if (!file) return new Response('There is no such file.', { status: 404 });
  const { size, mtimeMs } = statSync(/*turbopackIgnore: true*/ file.path);
  const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  const headers = { etag, 'cache-control': 'public, max-age=0, must-revalidate', 'x-content-type-options': 'nosniff' };
  const points = Number(new URL(request.url).searchParams.get('points'));
  const length =
    name === 'srs.points' && Number.isInteger(points) && points > 0 ? Math.min(size, points * POINT_BYTES) : size;
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  const stream = Readable.toWeb(
    createReadStream(/*turbopackIgnore: true*/ file.path, { end: length - 1 }),
  ) as ReadableStream;
  return new Response(stream, {
    // The length of the file itself: what travels may be compressed.
    headers: { ...headers, 'content-type': file.type, 'x-length': String(length) },
  });
}
