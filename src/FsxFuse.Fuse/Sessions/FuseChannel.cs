using FsxFuse.Fuse.Native;

namespace FsxFuse.Fuse;

/// <summary>Where requests come from and replies go: the device, or a test's stand-in. All members may be called by several threads at once.</summary>
internal abstract unsafe class FuseChannel
{
    /// <summary>Waits for one request.</summary>
    /// <returns>Its length, or a negated errno.</returns>
    public abstract int Read(byte* buffer, int capacity);

    /// <summary>Sends one reply or notification that is contiguous in memory.</summary>
    /// <returns>0 or more, or a negated errno.</returns>
    public abstract int Write(byte* message, int length);

    /// <summary>Sends one reply or notification gathered from several places.</summary>
    /// <returns>0 or more, or a negated errno.</returns>
    public abstract int WriteVector(IOVector* vectors, int count);

    /// <summary>ioctl(2) on the device.</summary>
    /// <returns>0 or more, or a negated errno.</returns>
    public abstract int Control(nuint command, void* argument);
}
