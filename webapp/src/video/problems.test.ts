import { describe, expect, it } from 'vitest';
import { ApiError } from '../api';
import { translator } from '../i18n';
import { problemOf, refusalOf, wordsOf } from './problems';

const german = translator(() => 'de');
const said = (error: unknown) => {
  const { why, text } = refusalOf(error);
  return wordsOf(why, text, german);
};

describe('what is read of a problem', () => {
  it('is in the reader’s language by the code of the server’s answer: its English sentence was all there was', () => {
    const sentences: Record<string, string> = {
      not_member: 'Nur Mitglieder des Kanals können an seiner Konferenz teilnehmen.',
      archived: 'Der Kanal ist archiviert und hat keine Konferenzen mehr.',
      not_allowed: 'Ein Administrator hat Video in diesem Kanal nicht erlaubt.',
      off: 'Video ist ausgeschaltet: Ein Administrator muss den Konferenzknoten im Plugin einstellen.',
    };
    for (const [code, words] of Object.entries(sentences)) {
      expect(said(new ApiError('english', 403, code))).toEqual({ words, more: '' });
    }
  });

  it('is a sentence of ours with the server’s behind it, where the code says nothing, and what is ours already as it is', () => {
    expect(said(new ApiError('english', 403))).toEqual({ words: german('video.problem.refused'), more: 'english' });
    expect(said(new ApiError('english', 500, 'a later code'))).toEqual({ words: german('video.problem.server'), more: 'english' });
    expect(said(new ApiError('wait', 429))).toEqual({ words: german('video.problem.too_often'), more: '' });
    expect(said(new ApiError(german('error.slow'), 0))).toEqual({ words: german('error.slow'), more: '' });
    expect(said(new TypeError('x is not a function'))).toEqual({ words: german('video.problem.server'), more: 'x is not a function' });
  });

  it('is by the code what a node refuses', () => {
    expect(['#pex101', '#pex154', '#pex194', '#pex126', '#pex125', '#pex124', '#pex128', '#pex112', '#pex110', '#pex999'].map((code) => problemOf(code))).toEqual(
      ['wrong_pin', 'no_room', 'full', 'not_admitted', 'ended', 'removed', 'media', 'unavailable', 'unavailable', 'other'],
    );
    expect(problemOf('#pex122', 'Conference terminated by an administrator')).toBe('ended');
    expect(problemOf('#pex122', 'API initiated participant disconnect')).toBe('removed');
  });

  it('was what Pexip’s library says to programmers', () => {
    const texts = ['Could not execute critical network action', 'Service unavailable', 'Conference is locked', 'Could not reconnect to the meeting', 'WebRTC connection failed'];
    const problems = texts.map((text) => problemOf('#pex117', text));
    expect(problems).toEqual(['failed', 'unavailable', 'locked', 'expired', 'media']);
    for (const [at, why] of problems.entries()) expect(wordsOf(why, texts[at] ?? '', german)).toEqual({ words: german(`video.problem.${why as 'failed'}`), more: '' });
    expect(wordsOf(problemOf('#pex117', 'Test call finished'), 'Test call finished', german)).toEqual({ words: german('video.problem.other'), more: 'Test call finished' });
  });
});
