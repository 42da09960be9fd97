import { App } from 'cdktf';
import { SpeechStack } from './speech-stack.ts';

/** What exists in Azure: run by `cdktf synth` and `cdktf deploy` through cdktf.json. */
const app = new App();
new SpeechStack(app, 'dev', { resourceGroup: 'speech-dev', location: 'westeurope', accountName: 'speechops-dev' });
app.synth();
