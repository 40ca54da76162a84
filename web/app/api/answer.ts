import type { ChainConfig } from '../../lib/chain/types.ts';
import { safeJson } from '../../lib/hostile.ts';

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** JSON of what was read; 503 where there is nothing to read from. */
export function answer(value: object): Response {
  return Response.json(value, { status: 'missing' in value ? 503 : 200, headers: HEADERS });
}

/** The same as a page, in JSON: what was read with the chain it is of; 404 where there is no such thing. */
export function twin(view: { config: ChainConfig } | { missing: string } | undefined): Response {
  if (!view) return answerText({ error: 'not registered here' }, 404);
  if ('missing' in view) return answerText(view, 503);
  const { config, ...rest } = view;
  const { chainId, registry, devKeys } = config;
  return answerText({ chainId, registry, devKeys, ...rest }, 200);
}

function answerText(value: object, status: number): Response {
  return new Response(`${safeJson(value)}\n`, { status, headers: HEADERS });
}
