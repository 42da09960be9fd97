import { expect, it } from 'vitest';
import { deletionOf } from '../../../workflows/steps/deletion.ts';

it.each([
  [
    'https://calls.cognitiveservices.azure.com/speechtotext/endpoints/1?api-version=2025-10-15',
    "delete it with: az rest --method delete --resource https://cognitiveservices.azure.com --url 'https://calls.cognitiveservices.azure.com/speechtotext/endpoints/1?api-version=2025-10-15'",
  ],
  [
    'http://127.0.0.1:7270/speechtotext/endpoints/1',
    `delete it with: curl -X DELETE -H "Ocp-Apim-Subscription-Key: $SPEECHOPS_KEY" 'http://127.0.0.1:7270/speechtotext/endpoints/1'`,
  ],
])('names the command for %s', (self, said) => expect(deletionOf({ self }, {})).toBe(said));

it('leaves nothing of the address to a shell', () => {
  expect(deletionOf({ self: "https://speech/'$(reboot)'" }, {})).toContain("--url 'https://speech/%27$(reboot)%27'");
});

it('names no command for the embedded emulator, whose key and port end with the process', () => {
  const said = deletionOf({ self: 'http://127.0.0.1:7270/speechtotext/endpoints/1' }, { isEmbedded: true });
  expect(said).toBe('delete it with the folder .speechops/emulator, which has all of the embedded emulator');
});
