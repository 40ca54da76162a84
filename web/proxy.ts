import { type NextRequest, NextResponse } from 'next/server';
import { readConfig } from './lib/chain/config.ts';

/**
 * The content security policy of every page. Scripts run by nonce only; WebAssembly and workers made of blobs are what
 * the prover and the verifier need. Style attributes are allowed (React Flow places nodes with them), style elements are
 * not. The browser may talk to this server and to the node, to nobody else.
 */
function policy(nonce: string, node: string | undefined): string {
  const development = process.env.NODE_ENV === 'development';
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'${development ? " 'unsafe-eval'" : ''}`,
    `style-src-elem 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' blob: data:${node ? ` ${node}` : ''}${development ? ' ws:' : ''}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Whether a path means anything: one with broken escapes would end in an error of the server. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

export function proxy(request: NextRequest): NextResponse {
  const { pathname } = request.nextUrl;
  if (pathname.startsWith('/api')) {
    return isDecodable(pathname)
      ? NextResponse.next()
      : NextResponse.json({ error: 'not an address' }, { status: 404 });
  }
  const nonce = btoa(crypto.randomUUID());
  const config = readConfig();
  const node = 'rpc' in config ? new URL(config.rpc).origin : undefined;
  const csp = policy(nonce, node);
  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from this header.
  headers.set('content-security-policy', csp);
  headers.set('x-nonce', nonce);
  const response = isDecodable(pathname)
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(new URL('/not-an-address', request.url), { request: { headers } });
  response.headers.set('content-security-policy', csp);
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  if (process.env.DESCENT_ISOLATE === 'true') {
    response.headers.set('cross-origin-opener-policy', 'same-origin');
    response.headers.set('cross-origin-embedder-policy', 'require-corp');
  }
  return response;
}

export const config = {
  matcher: [{ source: '/((?!files|_next/static|_next/image|.*\\.(?:svg|png|ico|txt)$).*)' }],
};
