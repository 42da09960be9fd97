import { createRequire } from 'node:module';
import { RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { asServiceError } from '../../../workflows/azure/management-client.ts';

describe('asServiceError', () => {
  it('knows an error of another copy of the HTTP library, as there is one in the npm package', () => {
    const other = createRequire(import.meta.url)('@azure/core-rest-pipeline') as {
      readonly RestError: typeof RestError;
    };
    const error = new other.RestError('No.', { statusCode: 403, code: 'AuthorizationFailed' });
    expect(error).not.toBeInstanceOf(RestError);
    expect(asServiceError(error, 'ward')).toMatchObject({ name: 'ServiceError', status: 403 });
  });
});
