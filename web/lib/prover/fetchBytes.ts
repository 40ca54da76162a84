/** A file of this server. @param onProgress called with the share that has come @throws Error in words */
export async function fetchBytes(url: string, onProgress?: (fraction: number) => void): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok || !response.body)
    throw new Error(`The server does not give ${new URL(url).pathname} (${response.status}).`);
  const total = Number(response.headers.get('x-length'));
  if (!(total > 0)) return new Uint8Array(await response.arrayBuffer());
  const bytes = new Uint8Array(total);
  const reader = response.body.getReader();
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (at + part.value.length > total) throw new Error(`${new URL(url).pathname} is longer than it should be.`);
    bytes.set(part.value, at);
    at += part.value.length;
    onProgress?.(at / total);
  }
  if (at !== total) throw new Error(`${new URL(url).pathname} did not come whole.`);
  return bytes;
}
