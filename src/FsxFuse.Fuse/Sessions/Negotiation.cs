using System.Runtime.CompilerServices;
using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>The INIT exchange as a function: the kernel's offer and our wishes in, the reply and what holds from then on out.</summary>
internal static class Negotiation
{
    public const uint Major = 7;
    public const uint OldestMinor = 31;
    public const uint NewestMinor = 45;

    // Without these the rest of this library does not work: requests of 1 MiB, ends told apart, bits above 31.
    private const FuseCapabilities Required = FuseCapabilities.BigWrites | FuseCapabilities.MaxPages | FuseCapabilities.AbortError | FuseCapabilities.InitExt | FuseCapabilities.SetXAttrExt;

    // Not spoken here: other transports, request formats that are not parsed, virtiofs.
    private const FuseCapabilities Never = FuseCapabilities.OverIoUring | FuseCapabilities.RequestTimeout | FuseCapabilities.SecurityContext
        | FuseCapabilities.MapAlignment | FuseCapabilities.SubMounts | FuseCapabilities.InodeDax;

    /// <summary>Decides on an offer.</summary>
    /// <returns>The outcome; null if the kernel is to offer again in our major version.</returns>
    /// <exception cref="NotSupportedException">The kernel is too old.</exception>
    public static NegotiatedProtocol? Decide(in InitIn offer, int argumentLength, ConnectionOptions options, out InitOut reply)
    {
        reply = new InitOut { Major = Major, Minor = NewestMinor };
        if (offer.Major > Major)
        {
            return null;
        }

        if (offer.Major < Major || offer.Minor < OldestMinor)
        {
            throw new NotSupportedException($"the kernel speaks FUSE {offer.Major}.{offer.Minor}; {Major}.{OldestMinor} (Linux 5.4) or newer is needed");
        }

        FuseCapabilities offered = (FuseCapabilities)offer.Flags;
        if ((offered & FuseCapabilities.InitExt) != 0 && argumentLength >= Unsafe.SizeOf<InitIn>())
        {
            offered |= (FuseCapabilities)((ulong)offer.Flags2 << 32);
        }

        FuseCapabilities enabled = (options.Capabilities | Required) & offered & ~Never;
        if ((enabled & FuseCapabilities.WritebackCache) != 0)
        {
            enabled &= ~FuseCapabilities.Passthrough;
        }

        if ((enabled & FuseCapabilities.Passthrough) != 0 && options.MaxStackDepth is 1 or 2)
        {
            reply.MaxStackDepth = options.MaxStackDepth;
        }
        else
        {
            enabled &= ~FuseCapabilities.Passthrough;
        }

        reply.Minor = Math.Min(offer.Minor, NewestMinor);
        reply.MaxReadahead = Math.Min(offer.MaxReadahead, options.MaxReadahead);
        reply.Flags = (uint)enabled;
        reply.Flags2 = (uint)((ulong)enabled >> 32);
        reply.MaxBackground = options.MaxBackground;
        reply.CongestionThreshold = options.CongestionThreshold > 0 ? options.CongestionThreshold : (ushort)Math.Max(1, options.MaxBackground * 3 / 4);
        reply.MaxWrite = (uint)options.MaxWrite;
        reply.MaxPages = (ushort)(options.MaxWrite / RequestBuffer.PageSize);
        reply.TimeGranularity = options.TimeGranularity;
        return new NegotiatedProtocol
        {
            Minor = reply.Minor,
            KernelMajor = offer.Major,
            KernelMinor = offer.Minor,
            Offered = offered,
            Capabilities = enabled,
            MaxWrite = reply.MaxWrite,
            MaxPages = reply.MaxPages,
            MaxReadahead = reply.MaxReadahead,
            MaxBackground = reply.MaxBackground,
            TimeGranularity = reply.TimeGranularity,
        };
    }
}
