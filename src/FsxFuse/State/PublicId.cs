using System.Security.Cryptography;

namespace FsxFuse.State;

/// <summary>Ids in the form FSx gives them.</summary>
internal static class PublicId
{
    /// <summary>A fresh id: the prefix and 17 random hex digits.</summary>
    public static string New(string prefix) => prefix + RandomNumberGenerator.GetHexString(17, lowercase: true);
}
