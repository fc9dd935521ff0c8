namespace FsxFuse.Options;

/// <summary>What may stand after a mount option's '='.</summary>
internal enum OptionKind
{
    /// <summary>Nothing: the option is given or not.</summary>
    Flag,

    /// <summary>on or off; the bare option means on.</summary>
    Switch,

    /// <summary>Any text that is not empty.</summary>
    Text,

    /// <summary>A path; made absolute when it is read.</summary>
    Path,

    /// <summary>A whole number, 0 or more.</summary>
    Number,

    /// <summary>Bytes, with KiB, MiB, GiB or TiB.</summary>
    Size,

    /// <summary>Permission bits in octal, 0 to 07777.</summary>
    Mode,

    /// <summary>[ADDRESS:]PORT to listen at, or off; without an address, the loopback address.</summary>
    Address,

    /// <summary>One of the option's own words.</summary>
    Choice,

    /// <summary>Something, or nothing: the option belongs to mount(8) or systemd.</summary>
    Anything,
}
