import type { OldFile } from '../../../workflows/migrate/migrate-files.ts';

/**
 * In the form of the workflows of Azure-Samples/Speech-Service-DevOps-Template (2020): data in folders `testing` and `training`,
 * the Speech CLI with files such as `@my.testing.datasets`, and a release of an endpoint when the rate fell.
 */
export const workflow: OldFile = {
  name: '.github/workflows/train.yml',
  text: `name: Train
on:
  push: { branches: [main], paths: [training/words.txt] }
env:
  SPEECH_LOCALE: "en-GB"
  TEST_ZIP: "testing/calls.zip"
  WORDS: "training/words.txt"
  TRAIN_ZIP: ""
jobs:
  train:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v2
      - uses: azure/login@v1
        with: { creds: "\${{ secrets.AZURE_CREDENTIALS }}" }
      - name: Configure
        run: |
          echo "HASH=$(git rev-parse --short HEAD)" >> $GITHUB_ENV
          spx config @key --set \${{ secrets.SPEECH_KEY }}
      - name: Audio
        if: \${{ env.TRAIN_ZIP && env.TRAIN_ZIP != '' }}
        run: spx csr dataset upload --data $TRAIN_ZIP --kind Acoustic --name audio_\${HASH} --output add url @my.training --wait
      - name: Words
        if: \${{ env.WORDS && env.WORDS != '' }}
        run: |
          spx csr dataset upload --data $WORDS --kind Language --name words_\${HASH} --output add url @my.training --wait
          id=$(tail -1 my.training | tail -c 36)
          if ! [[ \${id//-/} =~ ^[[:xdigit:]]{32}$ ]]
          then
            exit 1
          fi
      - name: Train
        run: |
          name=model_\${HASH}
          spx csr model create --name $name --datasets @my.training --output url @my.model --wait
      - name: Base
        run: |
          spx csr model list --models --output json models.json
          jq '.values[].baseModel.self' models.json | tr -d '"' > models.txt
          tail -1 models.txt > my.base
      - name: Test
        run: |
          spx csr dataset upload --name test_\${HASH} --kind Acoustic --data $TEST_ZIP --output url @my.testing --wait
          spx csr evaluation create --name e_\${HASH} --model1 @my.base --model2 @my.model --dataset @my.testing --output url @my.result --wait
          spx csr dataset delete --foreach dataset in my.testing
          spx csr evaluation status --evaluation @my.result --output json result.json
      - name: Rate
        run: jq '.properties.wordErrorRate2' result.json | xargs -I {} echo "NEW_WER={}" >> $GITHUB_ENV
  release:
    needs: train
    runs-on: ubuntu-latest
    steps:
      - run: |
          spx csr model list --models --output url @my.model
          spx csr endpoint create --name endpoint_$(git rev-parse HEAD) --language \${{ env.SPEECH_LOCALE }} --model @my.model --output url @my.endpoint --wait
      - uses: actions/create-release@v1
`,
};

/** As the articles of Microsoft Learn call the Speech CLI. */
export const script: OldFile = {
  name: 'deploy.sh',
  text: [
    'VERSION=v3.2',
    'PROJECT=$(spx csr project create --api-version $VERSION --name "Calls" --language de-DE --output id -)',
    'spx csr dataset create --kind "Acoustic" --name "Test data" \\',
    '  --language de-DE --project $PROJECT --content https://contoso.com/test.zip \\',
    '  --email ann@contoso.com --output url @test',
    'spx csr dataset create --kind Language --name Words --language de-DE --content "$WORDS_URL" --output url @words',
    'if [ "$RETRAIN" = yes ]; then # not on Sundays',
    '  spx csr model create --name "Calls $(date +%F)" --datasets "@words;5988d691-0893-472c-851e-8e36a0fe7aaf" --base aaaabbbb-0000-cccc-1111-dddd2222eeee --key 0123456789abcdef --output url @model',
    'fi',
    'spx csr evaluation create --name gate --dataset @test --model1 @model --model2 @model --frobnicate 1',
    'spx csr endpoint create --name Calls --model @model --language de-DE --logging enabled --output url @ep',
    'spx csr endpoint update --endpoint @ep --model aaaabbbb-0000-cccc-1111-dddd2222eeee --timeToLive PT1H',
    'spx csr endpoint list --endpoint @ep',
    'spx csr webhook create --name w',
  ].join('\n'),
};

/** As the same articles call version 3.x of the REST API. */
export const restScript: OldFile = {
  name: 'ops/rest.sh',
  text: `HOST=https://westus.api.cognitive.microsoft.com
KEY=deadbeefdeadbeef
DATASET=$(curl -s -X POST "$HOST/speechtotext/v3.1/datasets" -H "Ocp-Apim-Subscription-Key: $KEY" -d '{
  "kind": "Language", "displayName": "Terms", "locale": "en-US", "contentUrl": "https://contoso.com/terms.txt?sv=1&sig=abc",
  "properties": { "email": "ann@contoso.com" },
}' | jq -r '.self')
BODY=$(cat <<JSON
{"displayName": "Model $BUILD", "locale": "en-US", "datasets": [{"self": "$DATASET"}], "text": "hello",
 "properties": {"customModelWeightPercent": 40}}
JSON
)
MODEL=\`curl --json "$BODY" "$HOST/speechtotext/v3.1/models" | jq -r .self\`
curl -X POST "$HOST/speechtotext/v3.1/datasets/upload" -F kind=Acoustic -F displayName=Audio -F locale=en-US -F data=@data/test.zip -o audio.json
AUDIO=$(jq -r .self audio.json)
az rest --method post --url "$HOST/speechtotext/v3.1/evaluations" --body "{\\"displayName\\":\\"e\\",\\"locale\\":\\"en-US\\",\\"dataset\\":{\\"self\\":\\"$AUDIO\\"},\\"model1\\":{\\"self\\":\\"$MODEL\\"},\\"model2\\":{\\"self\\":\\"$HOST/speechtotext/v3.1/models/base/$BASE\\"}}"
curl -d @endpoint.json "$HOST/speechtotext/v3.1/endpoints"
curl "$HOST/speechtotext/v3.1/endpoints/1/files/logs"
`,
};

export const restBody: OldFile = {
  name: 'ops/endpoint.json',
  text: '{ "displayName": "calls", "locale": "en-US", "model": { "self": "https://x/speechtotext/v3.1/models/aaaabbbb-0000-cccc-1111-dddd2222eeee" }, "properties": { "timeToLive": "PT1H" } }',
};

/** As the REST Client of Visual Studio Code and the HTTP client of JetBrains have requests. */
export const requests: OldFile = {
  name: 'calls.http',
  text: `@host = https://contoso.cognitiveservices.azure.com
### test data
# @name test
POST {{host}}/speechtotext/v3.1/datasets HTTP/1.1
Ocp-Apim-Subscription-Key: {{$dotenv KEY}}

{ "kind": "Acoustic", "displayName": "Test", "contentUrl": "https://contoso.com/a.zip", "locale": "fr-FR" }

### what serves
POST {{host}}/speechtotext/v3.1/evaluations

{ "displayName": "E", "locale": "fr-FR", "dataset": { "self": "{{test.response.body.self}}" },
  "model1": { "self": "{{host}}/speechtotext/v3.1/models/{{model}}" } }
`,
};
