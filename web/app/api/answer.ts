import { createHash } from 'node:crypto';
import { headers } from 'next/headers';
import type { ChainConfig } from '../../lib/chain/types.ts';
import { safeJson } from '../../lib/hostile.ts';

const JSON_TYPE = 'application/json';

/** JSON of what was read; 503 where there is nothing to read from. */
export function answer(value: object): Promise<Response> {
  return answerText(JSON.stringify(value), 'missing' in value ? 503 : 200, JSON_TYPE);
}

/** The same as a page, in JSON: what was read with the chain it is of; 404 where there is no such thing. */
export function twin(view: { config: ChainConfig } | { missing: string } | undefined): Promise<Response> {
  if (!view) return answerText(lines({ error: 'not registered here' }), 404, JSON_TYPE);
  if ('missing' in view) return answerText(lines(view), 503, JSON_TYPE);
  const { config, ...rest } = view;
  const { chainId, registry, devKeys } = config;
  return answerText(lines({ chainId, registry, devKeys, ...rest }), 200, JSON_TYPE);
}

/** A text that any site may read, with its ETag; nothing but that where the caller has it already. */
export async function answerText(
  text: string,
  status: number,
  type: string,
  more: HeadersInit = {},
): Promise<Response> {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const known = (await headers()).get('if-none-match');
  const isKnown = status === 200 && known?.split(/\s*,\s*/).some((tag) => tag.replace(/^W\//, '') === etag);
  return new Response(isKnown ? null : text, {
    status: isKnown ? 304 : status,
    headers: {
      ...more,
      'access-control-allow-origin': '*',
      'cache-control': 'no-cache',
      'content-type': type,
      etag,
      'x-content-type-options': 'nosniff',
    },
  });
}

function lines(value: object): string {
  return `${safeJson(value)}\n`;
}
