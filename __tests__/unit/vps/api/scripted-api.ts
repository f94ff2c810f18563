import { createApi, type Api } from '../../../../src/vps/api.ts';
import type { Call } from '../../../../src/vps/client/call.ts';
import { VpsError } from '../../../../src/vps/errors.ts';
import { SchemaError } from '../../../../src/vps/schemas.ts';

type Reply = (path: string, n: number) => { readonly status?: number; readonly body: unknown };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The endpoints over a client that reads what `reply` says. */
export function over(reply: Reply): { readonly api: Api; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const api = createApi(async <T>(call: Call<T>) => {
    asked.push({ method: call.method, path: call.path, body: call.body });
    const { status = 200, body } = reply(call.path, asked.length);
    const isHtml = typeof body === 'string' && body.startsWith('<');
    const fields = { method: call.method, path: call.path, status, isHtml } as const;
    if (status >= 400) throw new VpsError({ ...fields, kind: 'http' });
    try {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { value: call.read({ status, headers: {}, body: text }), now: asked.length };
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      throw new VpsError({ ...fields, kind: 'malformed', detail: error.message });
    }
  });
  return { api, asked };
}
