/**
 * Runs in the page before its own scripts: whatever the SFU announces, media goes over UDP to this port. The function is
 * sent to the page as text, so it may use nothing from outside.
 */
export function detourMedia(port: number): void {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
    const lines = (description.sdp ?? '').split('\r\n').flatMap((line) => {
      if (!line.startsWith('a=candidate:')) return [line];
      const words = line.split(' ');
      words[5] = `${port}`;
      return words[2]?.toLowerCase() === 'udp' ? [words.join(' ')] : [];
    });
    return Reflect.apply(setRemoteDescription, this, [{ ...description, sdp: lines.join('\r\n') }]);
  };
}
