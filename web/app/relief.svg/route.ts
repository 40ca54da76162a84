import { contours, RELIEF } from '../../lib/relief.ts';

export const dynamic = 'force-static';

/** Used as a mask, so only where it is opaque matters: every fifth line is an index contour, drawn stronger. */
export function GET(): Response {
  const lines = contours()
    .map(({ level, path }) => `<path d="${path}" stroke-width="${level % 5 === 0 ? 1.9 : 0.9}"/>`)
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${RELIEF.width} ${RELIEF.height}" preserveAspectRatio="xMidYMid slice"><g fill="none" stroke="#000">${lines}</g></svg>`;
  return new Response(svg, {
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=31536000' },
  });
}
