using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace FsxFuse.Control.Events;

/// <summary>
/// What senders of events prove themselves with. Each can say it in one way only, so all ways count: a bearer token (MinIO), the password of
/// basic authentication (SNS, EventBridge), the header x-api-key (EventBridge), or the last part of the path (Ceph RGW).
/// </summary>
internal sealed class EventSecret(string secret)
{
    /// <summary>Fewer characters could be guessed.</summary>
    public const int MinLength = 16;

    private readonly byte[] _hash = Hash(secret);

    public bool IsIn(HttpRequest request, string path)
    {
        if (Matches(request.Headers["x-api-key"]) || (path.Length > 0 && path[0] == '/' && Matches(Uri.UnescapeDataString(path[1..]))))
            return true;
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out AuthenticationHeaderValue? authorization))
            return false;
        return authorization.Scheme.ToUpperInvariant() switch
        {
            "BEARER" => Matches(authorization.Parameter),
            "BASIC" => Matches(Password(authorization.Parameter)),
            _ => false,
        };
    }

    private static string? Password(string? parameter)
    {
        byte[] bytes = new byte[parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(parameter ?? "", bytes, out int length))
            return null;
        string pair = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    // Of equal length whatever was sent, so that the time it takes tells nothing.
    private bool Matches(string? given) => !string.IsNullOrEmpty(given) && CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
