/** What apps are told before anything else (SMART App Launch 2.2, /.well-known/smart-configuration). */
import { PATHS, SIGNING_ALGORITHMS } from './provider.ts';

export function smartConfiguration(publicUrl: string): object {
  const at = (path: string) => `${publicUrl}${path}`;
  return {
    issuer: publicUrl,
    jwks_uri: at(PATHS.jwks),
    authorization_endpoint: at(PATHS.authorization),
    token_endpoint: at(PATHS.token),
    introspection_endpoint: at(PATHS.introspection),
    revocation_endpoint: at(PATHS.revocation),
    management_endpoint: at('/account'),
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS,
    dpop_signing_alg_values_supported: SIGNING_ALGORITHMS,
    scopes_supported: [
      'openid',
      'fhirUser',
      'launch',
      'launch/patient',
      'offline_access',
      'online_access',
      'patient/*.cruds',
      'user/*.cruds',
      'system/*.cruds',
    ],
    capabilities: [
      'launch-ehr',
      'launch-standalone',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-ehr-patient',
      'context-standalone-patient',
      'context-banner',
      'context-style',
      'permission-offline',
      'permission-online',
      'permission-patient',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
  };
}

/** Colours of our pages, for apps that want to look alike (`smart_style_url`). */
export const SMART_STYLE = {
  color_background: '#ffffff',
  color_error: '#b3261e',
  color_highlight: '#0b5c57',
  color_modal_backdrop: '#00000080',
  color_success: '#1d6b36',
  color_text: '#1b2726',
  dim_border_radius: '8px',
  dim_font_size: '16px',
  dim_spacing_size: '16px',
  font_family_body: 'Atkinson Hyperlegible Next, system-ui, sans-serif',
  font_family_heading: 'Atkinson Hyperlegible Next, system-ui, sans-serif',
};
