/**
 * Runs in the page before its own scripts: this browser cannot send H.264, as one built without that encoder, or (`receive`) cannot
 * receive it; the other it still can. What it offers is told without H.264, and the page goes by its offers. The
 * function is sent to the page as text, so it may use nothing from outside.
 */
export function removeH264(direction: string): void {
  const withoutH264 = (media: string): string => {
    const isMeant = media.includes(`\na=${direction === 'send' ? 'sendonly' : 'recvonly'}\r`);
    if (!media.startsWith('m=video') || !isMeant) return media;
    const types = [...media.matchAll(/^a=rtpmap:(\d+) H264\//gm)].map(([, type]) => type ?? '');
    const repairs = types.flatMap((type) =>
      [...media.matchAll(new RegExp(`^a=fmtp:(\\d+) apt=${type}\\r$`, 'gm'))].map(
        ([, repair]) => repair ?? '',
      ),
    );
    const gone = new Set([...types, ...repairs]);
    const lines = media.split('\r\n').flatMap((line) => {
      if (gone.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line)?.[1] ?? '')) return [];
      if (!line.startsWith('m=video')) return [line];
      return [
        line
          .split(' ')
          .filter((word, at) => at < 3 || !gone.has(word))
          .join(' '),
      ];
    });
    return lines.join('\r\n');
  };
  const { prototype } = RTCPeerConnection;
  const createOffer = prototype.createOffer as (
    options?: RTCOfferOptions,
  ) => Promise<RTCSessionDescriptionInit>;
  prototype.createOffer = async function (this: RTCPeerConnection, options?: RTCOfferOptions) {
    const { sdp = '', type } = await createOffer.call(this, options);
    return {
      type,
      sdp: sdp
        .split(/^(?=m=)/m)
        .map(withoutH264)
        .join(''),
    };
  } as typeof prototype.createOffer;
}
