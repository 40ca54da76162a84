/** Text of an edge or a run at most, also when it is unpacked: a link cannot fill the memory. A run holds up to 128 edges. */
export const LARGEST_FILE = 12_000_000;

/** An edge file, or that of a run, as the part of a link after `#edge=`: deflated, base64url. Twin of the command line's. */
export async function encodeLinkedEdge(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** @throws Error when it is damaged or unpacks to more than a run can have */
export async function decodeLinkedEdge(link: string): Promise<string> {
  const bytes = Uint8Array.from(atob(link.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > LARGEST_FILE) throw new RangeError('the link is too long');
  }
  return text + decoder.decode();
}
