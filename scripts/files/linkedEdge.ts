import { deflateRawSync } from 'node:zlib';
import { InputError } from '../../src/errors/InputError.ts';

/**
 * A link that opens the page's form for submitting with this edge or run in it. It stands after the `#`, which no server
 * sees: deflated (raw), base64url. Twin of web/lib/linkedEdge.ts.
 * @param file text of an edge file or of the file of a run
 * @param site where a page is served, as http://127.0.0.1:3000
 * @throws InputError when the site is no http(s) URL
 */
export function linkToSubmit(file: string, site: string): string {
  const text = JSON.stringify(JSON.parse(file));
  const packed = deflateRawSync(text, { level: 9 }).toString('base64url');
  return `${siteUrl(site)}/submit#edge=${packed}`;
}

/** A site's URL without the slash at its end. @throws InputError when it is no http(s) URL */
export function siteUrl(site: string): string {
  if (/^https?:\/\/[^\s#?]+$/.test(site) && URL.canParse(site)) return site.replace(/\/+$/, '');
  throw new InputError(`${JSON.stringify(site)} is not the http(s) URL of a site.`, {
    hint: 'Give --site or DESCENT_SITE as in https://example.org.',
  });
}
